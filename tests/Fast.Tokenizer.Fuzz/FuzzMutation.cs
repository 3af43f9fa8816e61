using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Fast.Tokenizer.Fuzz;

/// <summary>Makes inputs of other inputs: the same seed gives the same input everywhere.</summary>
internal sealed class FuzzMutation
{
    // Sizes, counts and offsets go wrong by these.
    private static readonly ulong[] _extremes =
    [
        0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x100000, 0x10000000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF,
        0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0xFFFFFFFFFFFFFFFF,
    ];

    private static readonly string[] _texts =
    [
        "null", "true", "0", "-1", "1.5", "1e999", "-0.0", "2147483648", "99999999999999999999", "NaN", "\"\"", "\"NaN\"", "\"\\ud800\"",
        "{\"\\ud800\": 1}", "[]", "{}", "[[[[[[[[[[[[[[[[[[", "{", "}", "[", "]", ",", ":", "\"", "\\", "\n", "\r", "\0", "..", "/",
        "\uFEFF",
    ];

    private static readonly SearchValues<byte> _beforeValues = SearchValues.Create(":[,{= "u8);
    private static readonly SearchValues<byte> _afterValues = SearchValues.Create(",]}\n:"u8);

    // What structures stand in, mostly; values fill the rest of a file.
    private const int Head = 3000, Tail = 512;

    private readonly IReadOnlyList<byte[]> _corpus;
    private readonly byte[][] _words;

    public FuzzMutation(IReadOnlyList<byte[]> corpus, IReadOnlyList<string> words)
    {
        _corpus = corpus;
        _words = [.. _texts.Concat(words).Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>One input of the corpus with one to three changes.</summary>
    public byte[] Next(int seed)
    {
        var random = new Random(seed);
        byte[] bytes = _corpus[random.Next(_corpus.Count)];
        for (int times = random.Next(1, 4); times > 0; times--) bytes = Changed(bytes, random);
        return bytes;
    }

    /// <summary>Copies with each aligned word of a range overwritten by each of the extremes that it may hold.</summary>
    public static IEnumerable<byte[]> Overwritten(byte[] bytes, int from, int to)
    {
        for (int at = from; at < to; at += sizeof(uint))
        {
            foreach (ulong extreme in _extremes.Where(extreme => extreme <= uint.MaxValue))
                yield return Overwrite(bytes, at, Number(extreme, sizeof(uint), isBigEndian: false));
        }
    }

    private byte[] Changed(byte[] bytes, Random random)
    {
        if (bytes.Length == 0) return [(byte)random.Next(256)];
        int at = Place(bytes.Length, random);
        int length = Math.Min(random.Next(1, random.Next(4) == 0 ? 64 : 9), bytes.Length - at);
        switch (random.Next(12))
        {
            case 0:
                return Overwrite(bytes, at, [(byte)(bytes[at] ^ (1 << random.Next(8)))]);
            case 1:
                return Overwrite(bytes, at, [(byte)random.Next(256)]);
            case 2:
                return random.Next(3) == 0 ? bytes[..at] : [.. bytes[..at], .. bytes[(at + length)..]];
            case 3:
                return [.. bytes[..at], .. Enumerable.Repeat((byte)random.Next(256), length), .. bytes[at..]];
            case 4:
                return Overwrite(bytes, at, [.. Enumerable.Repeat(random.Next(2) == 0 ? byte.MaxValue : (byte)0, length)]);
            case 5:
                int size = 1 << random.Next(4);
                if (random.Next(2) == 0) at &= ~(size - 1);
                return Overwrite(bytes, at, Number(_extremes[random.Next(_extremes.Length)], size, random.Next(4) == 0));
            case 6:
                // An address or a size that leads elsewhere within the file.
                return Overwrite(bytes, at & ~3, Number((ulong)random.Next(bytes.Length), random.Next(2) == 0 ? 4 : 8, isBigEndian: false));
            case 7:
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case 8:
                // A part of this input or of another, in the place of what is here, or before it.
                byte[] other = _corpus[random.Next(_corpus.Count)];
                int from = Place(Math.Max(1, other.Length), random), end = Math.Min(other.Length, from + random.Next(1, 64));
                byte[] part = other.Length == 0 ? [] : other[from..end];
                return random.Next(2) == 0 ? Overwrite(bytes, at, part) : [.. bytes[..at], .. part, .. bytes[at..]];
            case 9:
                byte[] word = _words[random.Next(_words.Length)];
                return random.Next(2) == 0 ? Overwrite(bytes, at, word) : [.. bytes[..at], .. word, .. bytes[at..]];
            default:
                return WithOtherValue(bytes, at, random);
        }
    }

    private static int Place(int length, Random random) => random.Next(4) switch
    {
        0 => random.Next(Math.Min(length, Head)),
        1 => length - 1 - random.Next(Math.Min(length, Tail)),
        _ => random.Next(length),
    };

    // Of a text: another word, number or member from here to the end of a value.
    private byte[] WithOtherValue(byte[] bytes, int at, Random random)
    {
        int start = bytes.AsSpan(at).IndexOfAny(_beforeValues);
        if (start < 0) return Overwrite(bytes, at, [(byte)random.Next(256)]);
        start += at + 1;
        int length = bytes.AsSpan(start).IndexOfAny(_afterValues);
        int end = length < 0 ? bytes.Length : start + length;
        byte[] value = random.Next(4) switch
        {
            0 => Encoding.ASCII.GetBytes($"{(long)_extremes[random.Next(_extremes.Length)]}"),
            // As it is: with the branch below, the same value once more.
            1 => bytes[start..end],
            _ => _words[random.Next(_words.Length)],
        };
        return random.Next(5) == 0
            ? [.. bytes[..end], (byte)',', .. value, .. bytes[end..]]
            : [.. bytes[..start], .. value, .. bytes[end..]];
    }

    private static byte[] Number(ulong value, int size, bool isBigEndian)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        if (isBigEndian) Array.Reverse(bytes, 0, size);
        return bytes[..size];
    }

    private static byte[] Overwrite(byte[] bytes, int at, ReadOnlySpan<byte> by)
    {
        byte[] changed = [.. bytes];
        by[..Math.Min(by.Length, bytes.Length - at)].CopyTo(changed.AsSpan(at));
        return changed;
    }
}
