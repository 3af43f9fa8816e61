using System.Buffers;
using System.Text;
using Fast.Tokenizer.Decoding;

namespace Fast.Tokenizer.Tests.Decoding;

/// <summary>Against the platform's UTF-8: the byte sequences that an automaton reads are exactly the characters of its range.</summary>
public sealed class CoefficientAutomatonTests
{
    private const int LastCodePoint = 0x10FFFF;

    // Where the number of bytes, the first byte, or what is a character changes.
    private static readonly int[] _borders =
    [
        0, 0x41, 0x80, 0xC0, 0x7C0, 0x800, 0x1000, 0xD000, 0xD800, 0xDFFF, 0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x40000, 0x100000, LastCodePoint,
    ];

    [Fact]
    public void Ranges_on_and_beside_a_border_are_read_exactly()
    {
        foreach (int border in _borders)
        {
            for (int first = border - 1; first <= border + 1; first++)
                for (int last = first; last <= border + 1; last++) Check(first, last);
            Check(border, border + 63);
            Check(border - 64, border);
        }
    }

    [Fact]
    public void Ranges_from_one_border_to_another_are_read_exactly()
    {
        Check(0, LastCodePoint);
        for (int i = 1; i < _borders.Length; i++)
        {
            Check(_borders[i - 1], _borders[i]);
            Check(_borders[i - 1] + 1, _borders[i] - 1);
        }

        var random = new Random(1);
        for (int round = 0; round < Rounds.Of(10); round++)
        {
            int first = random.Next(random.Next(2, LastCodePoint));
            Check(first, random.Next(first, LastCodePoint + 1));
        }
    }

    [Fact]
    public void Only_tokens_of_nothing_but_whole_characters_say_which_are_the_lowest_and_the_highest()
    {
        // Characters of one to three bytes, among them U+0000 and U+FFFD, and bytes that cannot stand where they do.
        byte[] bytes = [0x00, 0x41, 0x7A, 0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0xEF, 0xBF, 0xBD, 0xFF];
        byte[][] characters = [[0], [0x41], [0x7A], [0xC3, 0xA9], [0xE2, 0x82, 0xAC], [0xEF, 0xBF, 0xBD]];
        var random = new Random(2);
        int none = 0;
        for (int round = 0; round < 400; round++)
        {
            byte[] Part() => random.Next(4) == 0 ? [bytes[random.Next(bytes.Length)]] : characters[random.Next(characters.Length)];
            byte[] Token(int parts) => [.. Enumerable.Range(0, parts).SelectMany(_ => Part())];
            byte[][] tokens = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Token(random.Next(1, 4)))];

            int[] whole = [.. tokens.SelectMany(Whole)];
            (int, int)? expected = whole.Length == 0 ? null : (whole.Min(), whole.Max());
            Assert.Equal(expected, CoefficientAutomaton.WholeCharacters(Grammars.OfBytes(tokens)));
            none += expected is null ? 1 : 0;
        }

        Assert.InRange(none, 20, 380);
        Assert.Equal((0, 0), CoefficientAutomaton.WholeCharacters(Grammars.OfBytes([[0]])));
    }

    private static int[] Whole(byte[] token)
    {
        var values = new List<int>();
        for (int at = 0; at < token.Length;)
        {
            if (Rune.DecodeFromUtf8(token.AsSpan(at), out Rune character, out int length) != OperationStatus.Done) return [];
            if (character != Rune.ReplacementChar) values.Add(character.Value);
            at += length;
        }

        return [.. values];
    }

    private static void Check(int first, int last)
    {
        (first, last) = (Math.Max(first, 0), Math.Min(last, LastCodePoint));
        if (first > last) return;
        CoefficientAutomaton automaton = CoefficientAutomaton.OfText(first, last);
        Assert.InRange(automaton.StateCount, 1, TokenTransitions.MaxStates);
        var expected = new List<int>();
        for (int value = first; value <= last; value++)
        {
            if (Rune.IsValid(value) && value != Rune.ReplacementChar.Value) expected.Add(value);
        }

        // UTF-8 sorts as code points do.
        var read = new List<int>();
        Walk(automaton, CoefficientAutomaton.Boundary, new byte[4], 0, read);
        if (!expected.SequenceEqual(read)) Assert.Fail($"U+{first:X4} to U+{last:X4}: {read.Count} characters instead of {expected.Count}");
    }

    private static void Walk(CoefficientAutomaton automaton, int state, byte[] bytes, int length, List<int> read)
    {
        bool leads = length == 0;
        for (int value = 0; value < 256; value++)
        {
            int next = automaton.Next(state, value);
            if (next == CoefficientAutomaton.None) continue;
            leads = true;
            bytes[length] = (byte)value;
            if (next != CoefficientAutomaton.Boundary)
            {
                if (length == 3 || (length > 0 && next >= state)) Assert.Fail($"state {next} after state {state} and {length + 1} bytes");
                Walk(automaton, next, bytes, length + 1, read);
                continue;
            }

            OperationStatus status = Rune.DecodeFromUtf8(bytes.AsSpan(0, length + 1), out Rune character, out int size);
            if (status != OperationStatus.Done || size != length + 1)
                Assert.Fail($"{Convert.ToHexString(bytes, 0, length + 1)} is no character");
            read.Add(character.Value);
        }

        if (!leads) Assert.Fail($"nothing may come after {Convert.ToHexString(bytes, 0, length)}");
    }
}
