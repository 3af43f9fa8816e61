namespace Fast.Tokenizer.Tests.Interop;

/// <summary>Rows of characters that try what tells tokenizers apart: classes, contractions, blanks, lengths of UTF-8 forms.</summary>
internal static class CoefficientRows
{
    private const int FirstSurrogate = 0xD800;
    private const int LastSurrogate = 0xDFFF;

    private static readonly int[] _blanks =
    [
        0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0x20, 0x20, 0x85, 0xA0,
        0x1680, 0x2000, 0x2003, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
    ];

    // They look like blanks, digits or letters to some engine, but are none to the expression.
    private static readonly int[] _doubtful = [0x1C, 0x1F, 0xAD, 0x180E, 0x200B, 0x200D, 0x2060, 0xFEFF, 0x345, 0x24B6, 0x2071, 0xFFFD];

    private static readonly int[] _boundaries =
    [
        0, 1, 0x7E, 0x7F, 0x80, 0x81, 0xFF, 0x100, 0x162, 0x7FF, 0x800, 0x801, 0xFFF, 0x1000,
        0xD7FF, 0xE000, 0xFFFE, 0xFFFF, 0x10000, 0x10001, 0x3FFFF, 0x40000, 0x10FFFF,
    ];

    private static readonly int[] _letters =
    [
        'a', 'e', 'l', 'r', 's', 't', 'Z', 0xAA, 0xB5, 0xE9, 0x130, 0x1C5, 0x2B0, 0x3B1,
        0x5D0, 0xE01, 0x3042, 0x4E00, 0xAC00, 0xFB01, 0xFF21,
    ];

    private static readonly int[] _numbers = ['0', '7', '9', 0xB2, 0xBC, 0x661, 0x966, 0x2160, 0x2460, 0x3007, 0xFF10];

    private static readonly int[] _marks = [0x300, 0x301, 0x5B0, 0x93E, 0xE31, 0x20DD, 0x3099, 0xFE0F];

    private static readonly int[] _astral = [0x10000, 0x1D7CE, 0x1F600, 0x20000, 0xE0001, 0x1D400, 0x10107, 0xF0000, 0x10FFFD];

    private static readonly string[] _contractions =
        ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'", "''s", "'S", "'r", "'l", "'v", "'rs", "'le", " 's", "'  "];

    /// <summary>A row of 1 to 80 coefficients of a tokenizer with this <c>min_token</c>.</summary>
    public static int[] Coefficients(int seed, int minToken) =>
        Array.ConvertAll(Next(new Random(seed), -minToken), value => value + minToken);

    /// <summary>A row of 1 to 80 characters.</summary>
    /// <param name="random">The source of chance.</param>
    /// <param name="near">The character of coefficient zero: most of a real row lies around it.</param>
    /// <param name="astral">Whether characters above U+FFFF take part.</param>
    public static int[] Next(Random random, int near, bool astral = true)
    {
        var row = new List<int>();
        int length = random.Next(1, 81), mood = random.Next(4);
        while (row.Count < length)
        {
            int kind = mood == 0 ? 0 : random.Next(mood == 1 ? 8 : 12);
            int character = kind switch
            {
                0 or 1 => Math.Max(0, near + (int)(Math.Pow((random.NextDouble() * 2) - 1, 3) * 60)),
                2 => Pick(_blanks),
                3 => Pick(_letters),
                4 => Pick(_numbers),
                5 => '!' + random.Next(15),
                6 => random.Next(0x21),
                7 => -1,
                8 => Pick(_marks),
                9 => Pick(random.Next(2) == 0 ? _boundaries : _doubtful),
                10 => astral ? Pick(_astral) : Pick(_blanks),
                _ => Anywhere(),
            };
            int times = random.Next(6) > 0 ? 1 : random.Next(1, 12);
            if (character < 0) row.AddRange(_contractions[random.Next(_contractions.Length)].Select(letter => (int)letter));
            else if (astral || character <= char.MaxValue) row.AddRange(Enumerable.Repeat(character, times));
        }

        return [.. row.Take(length)];

        int Pick(int[] from) => from[random.Next(from.Length)];

        int Anywhere()
        {
            int character = random.Next(1 << random.Next(4, 22)) % (astral ? 0x110000 : 0x10000);
            return character is >= FirstSurrogate and <= LastSurrogate ? 'x' : character;
        }
    }
}
