using System.Globalization;

namespace Fast.Tokenizer.Datasets.NumPy;

/// <summary>Parses the one Python dict literal that a <c>.npy</c> header may hold; nothing else of Python.</summary>
internal sealed class NpyHeaderParser(string text, string place)
{
    // NumPy's own limit.
    private const int MaxAxes = 64;

    private int _at;

    public NpyHeader Parse()
    {
        string? descr = null;
        bool? fortranOrder = null;
        int[]? shape = null;

        Expect('{');
        while (!Take('}'))
        {
            string key = String();
            Expect(':');
            switch (key)
            {
                case "descr" when descr is null:
                    if (Peek() is '[' or '(' or '{') throw Error("a structured dtype is not read; save a plain float32 or float64 array");
                    descr = String();
                    break;
                case "fortran_order" when fortranOrder is null: fortranOrder = Boolean(); break;
                case "shape" when shape is null: shape = Tuple(); break;
                case "descr" or "fortran_order" or "shape": throw Error($"'{key}' stands twice in the header");
                default: throw Error("the header may hold only 'descr', 'fortran_order' and 'shape'");
            }

            if (!Take(',') && Peek() != '}') throw Unexpected("',' or '}'");
        }

        if (Peek() != '\0' || _at < text.Length) throw Unexpected("the end of the header");
        if (descr is null || fortranOrder is null || shape is null)
            throw Error($"the header has no '{(descr is null ? "descr" : fortranOrder is null ? "fortran_order" : "shape")}'");
        return new NpyHeader(NpyElement.Parse(descr, place), fortranOrder.Value, shape, place);
    }

    private string String()
    {
        char quote = Peek();
        if (quote is not ('\'' or '"')) throw Unexpected("a string");
        int start = ++_at;
        while (_at < text.Length && text[_at] != quote)
            if (text[_at++] is '\\' or < ' ' or > '~') throw Error($"character {_at} of the header is not plain text");
        if (_at == text.Length) throw Error("a string in the header does not end");
        return text[start.._at++];
    }

    private bool Boolean()
    {
        Peek();
        foreach (string word in (ReadOnlySpan<string>)["True", "False"])
        {
            if (!text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal)) continue;
            _at += word.Length;
            return word == "True";
        }

        throw Unexpected("True or False");
    }

    private int[] Tuple()
    {
        var lengths = new List<int>();
        Expect('(');
        bool comma = true;
        while (!Take(')'))
        {
            if (!comma) throw Unexpected("',' or ')'");
            if (lengths.Count == MaxAxes) throw Error($"the shape has more than {MaxAxes} axes");
            lengths.Add(Length());
            comma = Take(',');
        }

        // (5) is a number in Python, (5,) a tuple.
        if (lengths.Count == 1 && !comma) throw Error($"the shape ({lengths[0]}) is not a tuple");
        return [.. lengths];
    }

    private int Length()
    {
        Peek();
        int start = _at;
        while (_at < text.Length && char.IsAsciiDigit(text[_at])) _at++;
        if (_at == start) throw Unexpected("a length of zero or more");
        ReadOnlySpan<char> digits = text.AsSpan(start, _at - start);
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > NpyHeader.MaxElements)
            throw Error($"an axis of more than {NpyHeader.MaxElements} values is refused");
        if (_at < text.Length && text[_at] == 'L') _at++; // written by Python 2
        return length;
    }

    private char Peek()
    {
        while (_at < text.Length && text[_at] is ' ' or '\n' or '\t' or '\r') _at++;
        return _at < text.Length ? text[_at] : '\0';
    }

    private bool Take(char symbol)
    {
        if (Peek() != symbol || _at == text.Length) return false;
        _at++;
        return true;
    }

    private void Expect(char symbol)
    {
        if (!Take(symbol)) throw Unexpected($"'{symbol}'");
    }

    private InvalidDataException Unexpected(string expected) =>
        Error(_at == text.Length
            ? $"the header ends where {expected} was expected"
            : $"character {_at + 1} of the header is {Quote(text[_at])}, expected {expected}");

    private static string Quote(char symbol) => symbol is >= ' ' and <= '~' ? $"'{symbol}'" : $"0x{(int)symbol:X2}";

    private InvalidDataException Error(string reason) => new($"{place}: {reason}");
}
