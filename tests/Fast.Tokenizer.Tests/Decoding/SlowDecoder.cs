using System.Globalization;
using System.Text;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Tests.Transform;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Decoding;

/// <summary>Decodes through the platform's strict UTF-8 and sums of cosines; knows nothing of the codec.</summary>
internal sealed class SlowDecoder(FastActionTokenizer tokenizer)
{
    private readonly FastTokenizerDefinition _definition = tokenizer.Definition;

    /// <summary>All coefficients before the first fault, and what a decode for so many of them should say.</summary>
    public (DecodeResult Result, int[] Coefficients) Expand(ReadOnlySpan<int> tokens, int wanted)
    {
        bool isText = _definition.Alphabet is ByteLevelAlphabet;
        Decoder utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetDecoder();
        var coefficients = new List<int>();
        int firstTooLong = -1;
        for (int i = 0; i < tokens.Length; i++)
        {
            if (tokens[i] < 0 || tokens[i] >= tokenizer.VocabularySize) return Fault(DecodeStatus.InvalidToken, i);
            int[] symbols = _definition.Vocabulary.GetSymbols(tokens[i]).ToArray();
            if (!isText) coefficients.AddRange(symbols.Select(symbol => symbol + _definition.Alphabet.MinCoefficient));
            else
            {
                foreach (int value in symbols)
                {
                    var characters = new char[4];
                    int count;
                    try
                    {
                        count = utf8.GetChars([(byte)value], characters, flush: false);
                    }
                    catch (DecoderFallbackException)
                    {
                        return Fault(DecodeStatus.IllFormedBytes, i);
                    }

                    if (count == 0) continue;
                    Rune rune = Rune.GetRuneAt(new string(characters, 0, count), 0);
                    coefficients.Add(rune.Value + _definition.Alphabet.MinCoefficient);
                }
            }

            if (coefficients.Count > wanted && firstTooLong < 0) firstTooLong = i;
        }

        if (isText && !IsWhole(tokens)) return Fault(DecodeStatus.IllFormedBytes, StartOfLastCharacter(tokens));
        if (firstTooLong >= 0) return Fault(DecodeStatus.Long, firstTooLong);
        return Fault(coefficients.Count == wanted ? DecodeStatus.Complete : DecodeStatus.Short, tokens.Length);

        (DecodeResult, int[]) Fault(DecodeStatus status, int position) => (new(status, coefficients.Count, position), [.. coefficients]);
    }

    /// <summary>The chunk of the first coefficients; the missing ones are those of a prior chunk or zero.</summary>
    public double[] Inverse(int[] received, ActionShape shape, double[]? prior = null)
    {
        var reference = new DctReference(shape.Horizon);
        ActionNormalizer? normalizer = _definition.Normalizer;
        double[] coefficients = prior is null
            ? new double[shape.Count]
            : reference.Forward(
                [.. prior.Select((x, i) => normalizer is null ? x : Divide(x - normalizer.Center[i % shape.Dimensions], normalizer.HalfRange[i % shape.Dimensions]))],
                shape.Dimensions);
        for (int i = 0; i < Math.Min(received.Length, shape.Count); i++)
        {
            int at = _definition.Order == CoefficientOrder.FrequencyMajor ? i : ((i % shape.Horizon) * shape.Dimensions) + (i / shape.Horizon);
            coefficients[at] = received[i] / _definition.Scale;
        }

        double[] values = reference.Inverse(coefficients, shape.Dimensions);
        return normalizer is null
            ? values
            : [.. values.Select((y, i) => (y * normalizer.HalfRange[i % shape.Dimensions]) + normalizer.Center[i % shape.Dimensions])];
    }

    public static void Near(double[] expected, double[] actual, string where)
    {
        // A large coefficient that comes and goes leaves its rounding behind.
        double tolerance = 1e-9 * Math.Max(1, expected.Max(Math.Abs));
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (Math.Abs(expected[i] - actual[i]) <= tolerance) continue;
            Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{where}, value {i}: {actual[i]} instead of {expected[i]}"));
        }
    }

    private static double Divide(double value, double range) => range == 0 ? 0 : value / range;

    private byte[] Bytes(ReadOnlySpan<int> tokens)
    {
        var bytes = new List<byte>();
        foreach (int token in tokens)
            foreach (int value in _definition.Vocabulary.GetSymbols(token)) bytes.Add((byte)value);
        return [.. bytes];
    }

    private bool IsWhole(ReadOnlySpan<int> tokens)
    {
        byte[] bytes = Bytes(tokens);
        return bytes.Length == 0 || LastStart(bytes) + Length(bytes[LastStart(bytes)]) == bytes.Length;
    }

    // The token that holds the first byte of the last character.
    private int StartOfLastCharacter(ReadOnlySpan<int> tokens)
    {
        int start = LastStart(Bytes(tokens));
        int token = 0;
        while (Bytes(tokens[..(token + 1)]).Length <= start) token++;
        return token;
    }

    private static int LastStart(byte[] bytes) => Array.FindLastIndex(bytes, value => (value & 0xC0) != 0x80);

    private static int Length(byte first) => first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}
