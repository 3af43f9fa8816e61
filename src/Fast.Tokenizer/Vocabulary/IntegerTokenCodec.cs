using System.Buffers;

namespace Fast.Tokenizer.Vocabulary;

/// <summary>Coefficients to tokens where a symbol is a coefficient less the smallest one.</summary>
internal sealed class IntegerTokenCodec : TokenCodec
{
    private readonly IntegerAlphabet _alphabet;
    private readonly BpeVocabulary _vocabulary;

    public IntegerTokenCodec(IntegerAlphabet alphabet, BpeVocabulary vocabulary)
    {
        if (vocabulary.SymbolCount != alphabet.SymbolCount)
        {
            throw new ArgumentException(
                $"the vocabulary is over {vocabulary.SymbolCount} symbols, the alphabet has {alphabet.SymbolCount}", nameof(vocabulary));
        }

        _alphabet = alphabet;
        _vocabulary = vocabulary;
    }

    public override EncodeResult Encode(
        ReadOnlySpan<int> coefficients, Span<int> tokens, OutOfRangePolicy outOfRange = OutOfRangePolicy.Published)
    {
        int[] symbols = ArrayPool<int>.Shared.Rent(coefficients.Length);
        try
        {
            int min = _alphabet.MinCoefficient, max = _alphabet.MaxCoefficient, clipped = 0;
            int i = coefficients.IndexOfAnyExceptInRange(min, max);
            if (i < 0) i = coefficients.Length;
            SymbolOffset.Add(coefficients[..i], -min, symbols);
            for (; i < coefficients.Length; i++)
            {
                int value = coefficients[i], kept = Math.Clamp(value, min, max);
                clipped += kept != value ? 1 : 0;
                symbols[i] = kept - min;
            }

            if (clipped > 0 && outOfRange == OutOfRangePolicy.Refuse) throw Refused(coefficients);
            return new EncodeResult(_vocabulary.EncodeChecked(symbols.AsSpan(0, coefficients.Length), tokens), clipped);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(symbols);
        }
    }

    public override (int Low, int High) Expressible => (_alphabet.MinCoefficient, _alphabet.MaxCoefficient);

    public override int Nearest(int coefficient) => Math.Clamp(coefficient, _alphabet.MinCoefficient, _alphabet.MaxCoefficient);

    public override DecodeResult Decode(ReadOnlySpan<int> tokens, Span<int> coefficients)
    {
        int min = _alphabet.MinCoefficient, done = 0;
        for (int i = 0; i < tokens.Length; i++)
        {
            if ((uint)tokens[i] >= (uint)_vocabulary.Count) return new DecodeResult(DecodeStatus.InvalidToken, done, i);

            ReadOnlySpan<int> symbols = _vocabulary.GetSymbols(tokens[i]);
            int room = Math.Min(symbols.Length, coefficients.Length - done);
            SymbolOffset.Add(symbols[..room], min, coefficients[done..]);
            if (room < symbols.Length) return TooLong(tokens, i, done + symbols.Length);
            done += room;
        }

        return new DecodeResult(done == coefficients.Length ? DecodeStatus.Complete : DecodeStatus.Short, done, tokens.Length);
    }

    public override DecodeResult DecodeNext(int token, Span<int> coefficients, ref DecodeProgress progress)
    {
        (int done, int position) = (progress.Coefficients, progress.Tokens);
        if ((uint)token >= (uint)_vocabulary.Count) return new DecodeResult(DecodeStatus.InvalidToken, done, position);

        ReadOnlySpan<int> symbols = _vocabulary.GetSymbols(token);
        if (symbols.Length > coefficients.Length - done)
            return new DecodeResult(DecodeStatus.Long, Saturate((long)done + symbols.Length), position);
        for (int k = 0; k < symbols.Length; k++) coefficients[done + k] = symbols[k] + _alphabet.MinCoefficient;
        progress.Coefficients += symbols.Length;
        progress.Tokens++;
        return new DecodeResult(
            progress.Coefficients == coefficients.Length ? DecodeStatus.Complete : DecodeStatus.Short, progress.Coefficients, progress.Tokens);
    }

    // A sequence that is too long may also hold an invalid id further on: that is the graver fault, and is the one reported.
    private DecodeResult TooLong(ReadOnlySpan<int> tokens, int position, long total)
    {
        for (int i = position + 1; i < tokens.Length; i++)
        {
            if ((uint)tokens[i] >= (uint)_vocabulary.Count) return new DecodeResult(DecodeStatus.InvalidToken, Saturate(total), i);
            total += _vocabulary.GetSymbols(tokens[i]).Length;
        }

        return new DecodeResult(DecodeStatus.Long, Saturate(total), position);
    }

    private ArgumentException Refused(ReadOnlySpan<int> coefficients)
    {
        int index = coefficients.IndexOfAnyExceptInRange(_alphabet.MinCoefficient, _alphabet.MaxCoefficient);
        return new ArgumentException(
            $"coefficient {coefficients[index]} at index {index} is not between {_alphabet.MinCoefficient} and {_alphabet.MaxCoefficient}, "
            + $"which is all the tokenizer "
            + "can express: encode with OutOfRangePolicy.Clamp, or train with a larger margin",
            nameof(coefficients));
    }

    private static int Saturate(long count) => (int)Math.Min(count, int.MaxValue);
}
