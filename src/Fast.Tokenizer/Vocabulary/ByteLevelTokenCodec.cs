using System.Buffers;
using System.Globalization;

namespace Fast.Tokenizer.Vocabulary;

/// <summary>Coefficients to tokens through characters, UTF-8 bytes and words, without making text.</summary>
internal sealed class ByteLevelTokenCodec : TokenCodec
{
    private const int SurrogateStart = 0xD800;
    private const int SurrogateEnd = 0xDFFF;
    private const int MaxBytes = 4;

    private readonly ByteLevelAlphabet _alphabet;
    private readonly BpeVocabulary _vocabulary;

    // The characters of a token that begins and ends between characters; null for a token that is part of one.
    private readonly int[]?[] _tokenCoefficients;
    private readonly (int Start, int End)[] _expressible;
    private readonly bool _hasAllBytes;

    public ByteLevelTokenCodec(ByteLevelAlphabet alphabet, BpeVocabulary vocabulary)
    {
        if (vocabulary.SymbolCount != alphabet.SymbolCount)
        {
            throw new ArgumentException(
                $"the vocabulary is over {vocabulary.SymbolCount} symbols, a byte-level alphabet has {alphabet.SymbolCount}",
                nameof(vocabulary));
        }

        _alphabet = alphabet;
        _vocabulary = vocabulary;
        _hasAllBytes = !vocabulary.SymbolTokens.Contains(-1);
        _tokenCoefficients = new int[]?[vocabulary.Count];
        for (int token = 0; token < vocabulary.Count; token++) _tokenCoefficients[token] = WholeCharacters(vocabulary.GetSymbols(token));
        _expressible = FindExpressible();
    }

    public override EncodeResult Encode(
        ReadOnlySpan<int> coefficients, Span<int> tokens, OutOfRangePolicy outOfRange = OutOfRangePolicy.Published)
    {
        int most = coefficients.Length * MaxBytes;
        int[] scratch = ArrayPool<int>.Shared.Rent(coefficients.Length + most + (tokens.Length < most ? most : 0));
        try
        {
            Span<int> codePoints = scratch.AsSpan(0, coefficients.Length);
            Span<int> bytes = scratch.AsSpan(coefficients.Length, most);
            int clipped = ToCodePoints(coefficients, codePoints, outOfRange);

            // A buffer below the worst case is filled only once it is known that the result fits.
            if (tokens.Length >= most) return new EncodeResult(EncodeWords(codePoints, bytes, tokens), clipped);
            Span<int> result = scratch.AsSpan(coefficients.Length + most, most);
            int count = EncodeWords(codePoints, bytes, result);
            if (count > tokens.Length)
            {
                throw new ArgumentException(
                    $"the result has {count} tokens, the span holds {tokens.Length}: use MaxTokenCount", nameof(tokens));
            }

            result[..count].CopyTo(tokens);
            return new EncodeResult(count, clipped);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(scratch);
        }
    }

    public override (int Low, int High) Expressible =>
        _hasAllBytes ? (_alphabet.MinToken, _alphabet.MinToken + SurrogateStart - 1) : (0, -1);

    public override int Nearest(int coefficient)
    {
        long wanted = (long)coefficient - _alphabet.MinToken;
        return IsExpressible(wanted) ? coefficient : Nearest(wanted) + _alphabet.MinToken;
    }

    public override DecodeResult Decode(ReadOnlySpan<int> tokens, Span<int> coefficients)
    {
        long done = 0;
        int firstTooLong = -1, started = 0;
        Utf8Sequence character = default;
        for (int i = 0; i < tokens.Length; i++)
        {
            if ((uint)tokens[i] >= (uint)_vocabulary.Count) return new DecodeResult(DecodeStatus.InvalidToken, Saturate(done), i);

            bool between = character.IsAtBoundary;
            long before = done;
            if (!TryAppend(tokens[i], coefficients, ref done, ref character))
                return new DecodeResult(DecodeStatus.IllFormedBytes, Saturate(done), i);
            if (!character.IsAtBoundary && (between || done > before)) started = i;
            if (done > coefficients.Length && firstTooLong < 0) firstTooLong = i;
        }

        if (!character.IsAtBoundary) return new DecodeResult(DecodeStatus.IllFormedBytes, Saturate(done), started);
        if (firstTooLong >= 0) return new DecodeResult(DecodeStatus.Long, Saturate(done), firstTooLong);
        return new DecodeResult(done == coefficients.Length ? DecodeStatus.Complete : DecodeStatus.Short, (int)done, tokens.Length);
    }

    public override DecodeResult DecodeNext(int token, Span<int> coefficients, ref DecodeProgress progress)
    {
        if ((uint)token >= (uint)_vocabulary.Count)
            return new DecodeResult(DecodeStatus.InvalidToken, progress.Coefficients, progress.Tokens);

        long done = progress.Coefficients;
        Utf8Sequence character = progress.Character;
        bool stands = TryAppend(token, coefficients, ref done, ref character);
        DecodeStatus status = done < coefficients.Length ? DecodeStatus.Short
            : !character.IsAtBoundary ? DecodeStatus.IllFormedBytes
            : done == coefficients.Length ? DecodeStatus.Complete
            : DecodeStatus.Long;
        if (!stands) status = DecodeStatus.IllFormedBytes;
        if (status is not (DecodeStatus.Short or DecodeStatus.Complete)) return new DecodeResult(status, Saturate(done), progress.Tokens);

        progress = new DecodeProgress { Tokens = progress.Tokens + 1, Coefficients = (int)done, Character = character };
        return new DecodeResult(status, progress.Coefficients, progress.Tokens);
    }

    // Surplus coefficients are counted, not written. False where a byte cannot stand after those before it.
    private bool TryAppend(int token, Span<int> coefficients, ref long done, ref Utf8Sequence character)
    {
        if (character.IsAtBoundary && _tokenCoefficients[token] is { } whole)
        {
            if (done < coefficients.Length)
            {
                int room = (int)Math.Min(whole.Length, coefficients.Length - done);
                whole.AsSpan(0, room).CopyTo(coefficients[(int)done..]);
            }

            done += whole.Length;
            return true;
        }

        foreach (int value in _vocabulary.GetSymbols(token))
        {
            if (!character.TryPush(value, out int codePoint)) return false;
            if (codePoint < 0) continue;
            if (done < coefficients.Length) coefficients[(int)done] = codePoint + _alphabet.MinToken;
            done++;
        }

        return true;
    }

    private int EncodeWords(ReadOnlySpan<int> codePoints, Span<int> bytes, Span<int> tokens)
    {
        int count = 0;
        for (int start = 0, end; start < codePoints.Length; start = end)
        {
            end = _alphabet.SplitsWords ? WordSplitter.WordEnd(codePoints, start) : codePoints.Length;
            int length = 0;
            for (int i = start; i < end; i++)
            {
                // Two bytes for nearly all characters of every known tokenizer.
                if (_hasAllBytes && codePoints[i] is >= 0x80 and < 0x800 and int character)
                {
                    bytes[length + 1] = 0x80 | (character & 0x3F);
                    bytes[length] = 0xC0 | (character >> 6);
                    length += 2;
                    continue;
                }

                int written = Utf8Sequence.Write(codePoints[i], bytes[length..]);
                length = _hasAllBytes ? length + written : KeepKnown(bytes, length, written);
            }

            count += _vocabulary.EncodeChecked(bytes[..length], tokens[count..]);
        }

        return count;
    }

    // The engine has no token for an unknown byte and passes over it.
    private int KeepKnown(Span<int> bytes, int length, int written)
    {
        int kept = length;
        for (int i = length; i < length + written; i++)
        {
            if (_vocabulary.SymbolTokens[bytes[i]] >= 0) bytes[kept++] = bytes[i];
        }

        return kept;
    }

    private int ToCodePoints(ReadOnlySpan<int> coefficients, Span<int> codePoints, OutOfRangePolicy outOfRange)
    {
        int clipped = 0, i = 0;
        if (_hasAllBytes)
        {
            // MinToken is within 2^30 of zero, so the upper bound is a number.
            i = coefficients.IndexOfAnyExceptInRange(_alphabet.MinToken, _alphabet.MinToken + SurrogateStart - 1);
            if (i < 0) i = coefficients.Length;
            SymbolOffset.Add(coefficients[..i], -_alphabet.MinToken, codePoints);
        }

        for (; i < coefficients.Length; i++)
        {
            long wanted = (long)coefficients[i] - _alphabet.MinToken;
            codePoints[i] = (int)wanted;
            if (wanted is >= 0 and < SurrogateStart && _hasAllBytes) continue;
            if (IsExpressible(wanted)) continue;

            clipped++;
            codePoints[i] = outOfRange switch
            {
                OutOfRangePolicy.Clamp => Nearest(wanted),
                OutOfRangePolicy.Refuse => throw NotExpressible(coefficients[i], i, wanted),
                _ when wanted < 0 => 0,
                _ when IsCharacter(wanted) => (int)wanted,
                _ => throw NotExpressible(coefficients[i], i, wanted),
            };
        }

        return clipped;
    }

    private static bool IsCharacter(long codePoint) =>
        codePoint is (>= 0 and < SurrogateStart) or (> SurrogateEnd and <= ByteLevelAlphabet.MaxCodePoint);

    private bool IsExpressible(long codePoint) => IsCharacter(codePoint) && (_hasAllBytes || LastLacking((int)codePoint) < 0);

    // The last of the characters that share all bytes up to the first that the vocabulary lacks; -1 where it lacks none.
    private int LastLacking(int codePoint)
    {
        Span<int> bytes = stackalloc int[MaxBytes];
        int count = Utf8Sequence.Write(codePoint, bytes);
        for (int i = 0; i < count; i++)
        {
            if (_vocabulary.SymbolTokens[bytes[i]] < 0) return codePoint | ((1 << (6 * (count - 1 - i))) - 1);
        }

        return -1;
    }

    private int Nearest(long wanted)
    {
        (int Start, int End)[] ranges = _expressible;
        if (ranges.Length == 0) throw new InvalidOperationException("the vocabulary has no token for any character");

        // The first range that does not end before the wanted character; the one before it may be nearer.
        int low = 0, high = ranges.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (ranges[middle].End < wanted) low = middle + 1;
            else high = middle;
        }

        if (low == ranges.Length) return ranges[^1].End;
        int above = ranges[low].Start;
        return low > 0 && wanted - ranges[low - 1].End <= above - wanted ? ranges[low - 1].End : above;
    }

    private (int Start, int End)[] FindExpressible()
    {
        if (_hasAllBytes) return [(0, SurrogateStart - 1), (SurrogateEnd + 1, ByteLevelAlphabet.MaxCodePoint)];

        var ranges = new List<(int Start, int End)>();
        for (int codePoint = 0; codePoint <= ByteLevelAlphabet.MaxCodePoint; codePoint++)
        {
            int lacking = IsCharacter(codePoint) ? LastLacking(codePoint) : SurrogateEnd;
            if (lacking >= 0) codePoint = lacking;
            else if (ranges.Count > 0 && ranges[^1].End == codePoint - 1) ranges[^1] = (ranges[^1].Start, codePoint);
            else ranges.Add((codePoint, codePoint));
        }

        return [.. ranges];
    }

    private int[]? WholeCharacters(ReadOnlySpan<int> bytes)
    {
        var coefficients = new List<int>(bytes.Length);
        Utf8Sequence character = default;
        foreach (int value in bytes)
        {
            if (!character.TryPush(value, out int codePoint)) return null;
            if (codePoint >= 0) coefficients.Add(codePoint + _alphabet.MinToken);
        }

        return character.IsAtBoundary ? [.. coefficients] : null;
    }

    private static ArgumentException NotExpressible(int coefficient, int index, long codePoint) => new(
        $"coefficient {coefficient} at index {index} would be character "
        + (codePoint < 0 ? codePoint.ToString(CultureInfo.InvariantCulture) : $"U+{codePoint:X4}")
        + ", which the tokenizer cannot express: check the normalization, or encode with OutOfRangePolicy.Clamp");

    private static int Saturate(long count) => (int)Math.Min(count, int.MaxValue);
}
