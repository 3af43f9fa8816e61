namespace Fast.Tokenizer.Vocabulary;

/// <summary>A UTF-8 sequence that bytes are pushed into one at a time; accepts exactly the well-formed ones (Unicode, table 3-7).</summary>
internal struct Utf8Sequence
{
    private int _codePoint;
    private int _missing;
    private byte _low;
    private byte _high;

    /// <summary>Whether no character is half read.</summary>
    public readonly bool IsAtBoundary => _missing == 0;

    /// <summary>Takes one byte; false when it cannot stand here. Gives the character once it is whole, else -1.</summary>
    public bool TryPush(int value, out int codePoint)
    {
        codePoint = -1;
        if (_missing == 0) return TryStart(value, out codePoint);
        if (value < _low || value > _high) return false;

        _codePoint = (_codePoint << 6) | (value & 0x3F);
        (_low, _high) = (0x80, 0xBF);
        if (--_missing == 0) codePoint = _codePoint;
        return true;
    }

    /// <summary>Writes the bytes of a character; gives their number.</summary>
    public static int Write(int codePoint, Span<int> bytes)
    {
        switch (codePoint)
        {
            case < 0x80:
                bytes[0] = codePoint;
                return 1;
            case < 0x800:
                bytes[0] = 0xC0 | (codePoint >> 6);
                bytes[1] = 0x80 | (codePoint & 0x3F);
                return 2;
            case < 0x10000:
                bytes[0] = 0xE0 | (codePoint >> 12);
                bytes[1] = 0x80 | ((codePoint >> 6) & 0x3F);
                bytes[2] = 0x80 | (codePoint & 0x3F);
                return 3;
            default:
                bytes[0] = 0xF0 | (codePoint >> 18);
                bytes[1] = 0x80 | ((codePoint >> 12) & 0x3F);
                bytes[2] = 0x80 | ((codePoint >> 6) & 0x3F);
                bytes[3] = 0x80 | (codePoint & 0x3F);
                return 4;
        }
    }

    private bool TryStart(int value, out int codePoint)
    {
        codePoint = value < 0x80 ? value : -1;
        if (value < 0x80) return true;

        (_missing, _codePoint) = value switch
        {
            >= 0xC2 and <= 0xDF => (1, value & 0x1F),
            >= 0xE0 and <= 0xEF => (2, value & 0x0F),
            >= 0xF0 and <= 0xF4 => (3, value & 0x07),
            _ => (0, 0),
        };
        _low = (byte)(value switch { 0xE0 => 0xA0, 0xF0 => 0x90, _ => 0x80 });
        _high = (byte)(value switch { 0xED => 0x9F, 0xF4 => 0x8F, _ => 0xBF });
        return _missing > 0;
    }
}
