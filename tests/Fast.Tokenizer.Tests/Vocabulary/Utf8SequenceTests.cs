using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Vocabulary;

/// <summary>Bytes of characters against the platform's own strict decoder.</summary>
public sealed class Utf8SequenceTests
{
    [Fact]
    public void Every_character_is_written_as_the_platform_writes_it_and_read_back()
    {
        Span<byte> expected = stackalloc byte[4];
        Span<int> bytes = stackalloc int[4];
        for (int value = 0; value <= 0x10FFFF; value += Rounds.AreFew && (value & 0xFF) is > 2 and < 0xFD ? 50 : 1)
        {
            if (!Rune.IsValid(value)) continue;
            int length = new Rune(value).EncodeToUtf8(expected);
            if (Utf8Sequence.Write(value, bytes) != length) Assert.Fail($"U+{value:X4} has the wrong length");
            Utf8Sequence sequence = default;
            for (int i = 0; i < length; i++)
            {
                bool taken = sequence.TryPush(bytes[i], out int codePoint);
                bool last = i == length - 1;
                bool right = bytes[i] == expected[i] && taken && codePoint == (last ? value : -1) && sequence.IsAtBoundary == last;
                if (!right) Assert.Fail($"U+{value:X4}, byte {i}");
            }
        }
    }

    [Fact]
    public void Sequences_of_one_to_three_bytes_are_well_formed_exactly_when_the_strict_decoder_takes_them()
    {
        Rounds.SkipIfFew();
        Span<byte> bytes = stackalloc byte[3];
        int wellFormed = 0;
        for (int value = 0; value < 1 << 24; value++)
        {
            (bytes[0], bytes[1], bytes[2]) = ((byte)(value >> 16), (byte)(value >> 8), (byte)value);
            wellFormed += CheckWhole(bytes);
            if ((value & 0xFF) == 0) CheckWhole(bytes[..2]);
            if ((value & 0xFFFF) == 0) CheckWhole(bytes[..1]);
        }

        // 2^21 of plain bytes, 2 * 1920 * 128 with one pair, and the characters of three bytes.
        Assert.Equal((1 << 21) + (2 * 1920 * 128) + (0x10000 - 0x800 - 0x800), wellFormed);
    }

    [Fact]
    public void Longer_sequences_stop_at_the_byte_where_the_strict_decoder_stops()
    {
        byte[] edges = Convert.FromHexString("00417F808F909FA0BFC0C1C2DFE0E1ECEDEEEFF0F1F3F4F5F8FF");
        var seen = new Dictionary<OperationStatus, int>();
        for (int seed = 0; seed < Rounds.Of(100_000); seed++)
        {
            var random = new Random(seed);
            var bytes = new List<byte>();
            for (int i = random.Next(1, 8); i > 0; i--)
            {
                int character = random.Next(2) == 0 ? random.Next(0xD800) : random.Next(0xE000, 0x110000);
                if (random.Next(3) > 0) bytes.AddRange(Encoding.UTF8.GetBytes(char.ConvertFromUtf32(character)));
                else bytes.Add(edges[random.Next(edges.Length)]);
            }

            (OperationStatus status, int stop) = Strict([.. bytes]);
            seen[status] = seen.GetValueOrDefault(status) + 1;
            Utf8Sequence sequence = default;
            int taken = bytes.FindIndex(value => !sequence.TryPush(value, out _));
            Assert.Equal(status == OperationStatus.InvalidData ? stop : -1, taken);
            if (taken < 0) Assert.Equal(status == OperationStatus.Done, sequence.IsAtBoundary);
        }

        Assert.True(seen.Count == 3 && seen.Values.All(count => count > Rounds.Of(500)));
    }

    /// <summary>How the platform reads bytes: to the end, into half a character, or to a byte that cannot stand where it does.</summary>
    internal static (OperationStatus Status, int Stop) Strict(ReadOnlySpan<byte> bytes)
    {
        int start = 0;
        while (start < bytes.Length)
        {
            OperationStatus status = Rune.DecodeFromUtf8(bytes[start..], out _, out int consumed);
            if (status == OperationStatus.NeedMoreData) return (status, start);

            // The longest start of some character is consumed; a byte that starts none is consumed by itself.
            if (status == OperationStatus.InvalidData) return (status, bytes[start] is >= 0xC2 and <= 0xF4 ? start + consumed : start);
            start += consumed;
        }

        return (OperationStatus.Done, start);
    }

    private static int CheckWhole(ReadOnlySpan<byte> bytes)
    {
        Utf8Sequence sequence = default;
        bool taken = true;
        foreach (byte value in bytes) taken = taken && sequence.TryPush(value, out _);
        bool wellFormed = taken && sequence.IsAtBoundary;
        if (wellFormed != Utf8.IsValid(bytes)) Assert.Fail($"{Convert.ToHexString(bytes)}: well-formed is {wellFormed}");
        return wellFormed ? 1 : 0;
    }
}
