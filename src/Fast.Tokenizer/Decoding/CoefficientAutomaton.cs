using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Decoding;

/// <summary>Reads symbols into coefficients of a range: which symbol may follow which, and where a coefficient is whole.</summary>
/// <remarks>
/// For text, a state is what may still follow of a half-read UTF-8 character. States with the same future are one, so a few are enough for
/// any range. A state leads only to lower ones until a coefficient is whole: what reads the fewest bytes to the end is numbered first.
/// </remarks>
internal sealed class CoefficientAutomaton
{
    /// <summary>The state between coefficients.</summary>
    public const int Boundary = 0;

    /// <summary>The answer where a symbol cannot stand.</summary>
    public const int None = -1;

    private const int ReplacementCharacter = 0xFFFD;
    private const int FirstSurrogate = 0xD800;
    private const int LastSurrogate = 0xDFFF;

    private readonly List<int[]> _next = [[]];
    private readonly int _first;
    private readonly int _last;

    private CoefficientAutomaton(int first, int last) => (_first, _last) = (first, last);

    public int StateCount => _next.Count;

    /// <summary>The state after a symbol; a coefficient is whole where that is <see cref="Boundary"/>.</summary>
    public int Next(int state, int symbol) => _next[state][symbol];

    /// <summary>Every symbol is a coefficient; those from <paramref name="first"/> to <paramref name="last"/> are allowed.</summary>
    public static CoefficientAutomaton OfIntegers(int symbolCount, int first, int last)
    {
        var automaton = new CoefficientAutomaton(first, last);
        automaton._next[Boundary] = [.. Enumerable.Range(0, symbolCount).Select(symbol => symbol >= first && symbol <= last ? Boundary : None)];
        return automaton;
    }

    /// <summary>
    /// Symbols are the UTF-8 bytes of characters from <paramref name="first"/> to <paramref name="last"/>, U+FFFD excepted.
    /// </summary>
    public static CoefficientAutomaton OfText(int first, int last)
    {
        var automaton = new CoefficientAutomaton(first, last);
        automaton._next[Boundary] = [.. Enumerable.Range(0, 256).Select(value => value switch
        {
            < 0x80 => automaton.End(value),
            >= 0xC2 and <= 0xDF => automaton.Rest(1, (value & 0x1F) << 6, 0x80),
            >= 0xE0 and <= 0xEF => automaton.Rest(2, (value & 0x0F) << 12, 0x800),
            >= 0xF0 and <= 0xF4 => automaton.Rest(3, (value & 0x07) << 18, 0x10000),
            _ => None,
        })];
        return automaton;
    }

    // The state from which the given number of bytes complete a character at or above a code point; below the floor a shorter form exists.
    // Every floor is a multiple of 64, so the last byte cannot cross it.
    private int Rest(int bytes, int start, int floor)
    {
        int size = 1 << (6 * bytes);
        if (start > _last || start + size <= Math.Max(_first, floor)) return None;

        var next = new int[256];
        Array.Fill(next, None);
        for (int value = 0; value < 64; value++)
        {
            int from = start + (value * (size >> 6));
            next[0x80 | value] = bytes > 1 ? Rest(bytes - 1, from, floor) : End(from);
        }

        if (next.All(state => state == None)) return None;
        int known = _next.FindIndex(next.SequenceEqual);
        if (known >= 0) return known;
        _next.Add(next);
        return _next.Count - 1;
    }

    private int End(int codePoint) =>
        codePoint >= _first && codePoint <= _last && codePoint is not (ReplacementCharacter or (>= FirstSurrogate and <= LastSurrogate))
            ? Boundary : None;

    /// <summary>The lowest and highest code point in the tokens that are whole characters; null where there is none.</summary>
    public static (int Lowest, int Highest)? WholeCharacters(BpeVocabulary vocabulary)
    {
        (int lowest, int highest) = (int.MaxValue, -1);
        for (int token = 0; token < vocabulary.Count; token++)
        {
            Utf8Sequence character = default;
            (int low, int high) = (int.MaxValue, -1);
            bool valid = true;
            foreach (int value in vocabulary.GetSymbols(token))
            {
                valid = character.TryPush(value, out int codePoint);
                if (!valid) break;
                if (codePoint is >= 0 and not ReplacementCharacter) (low, high) = (Math.Min(low, codePoint), Math.Max(high, codePoint));
            }

            if (valid && character.IsAtBoundary) (lowest, highest) = (Math.Min(lowest, low), Math.Max(highest, high));
        }

        return highest < 0 ? null : (lowest, highest);
    }
}
