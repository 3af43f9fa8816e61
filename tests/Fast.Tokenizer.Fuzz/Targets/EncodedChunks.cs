using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>The input as a tokenizer, a shape, choices and actions: encode, and back.</summary>
internal sealed class EncodedChunks() : FuzzTarget("encode")
{
    private const int MostSteps = 24, MostDimensions = 4;

    public override int Cases => 4000;

    public override double LeastRefused => 0.01;

    public override bool Allows(Exception problem) => problem is ArgumentException or ErrorBoundException;

    public override void Prepare() => SampleTokens.Train();

    public override IEnumerable<byte[]> Seeds()
    {
        var random = new Random(11);
        for (byte tokenizer = 0; tokenizer < SampleTokens.Count; tokenizer++)
        {
            for (byte mode = 0; mode < 6; mode++)
            {
                byte[] values = new byte[48];
                random.NextBytes(values);
                yield return [tokenizer, (byte)(7 + mode), 1, (byte)(mode % 3), mode, 60, .. values.Select(value => (byte)(value / 4))];
            }
        }
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        var choices = new FuzzInput(input);
        FastActionTokenizer tokenizer = SampleTokens.Get(choices.Below(SampleTokens.Count));
        ActionShape shape = SampleTokens.Shape(tokenizer, choices.Below(MostSteps) + 1, choices.Below(MostDimensions) + 1);
        var options = new EncodeOptions { OutOfRange = (OutOfRangePolicy)choices.Below(3), Mode = Mode(ref choices) };
        var actions = new double[shape.Count];
        for (int i = 0; i < actions.Length; i++) actions[i] = choices.Usual();

        var tokens = new int[tokenizer.MaxTokenCount(shape)];
        EncodeResult result = tokenizer.Encode(actions, shape, tokens, options);
        if (!Array.TrueForAll(actions, double.IsFinite)) throw new FuzzFailure("a value that is not finite was encoded");
        ReadOnlySpan<int> ids = tokens.AsSpan(0, result.Count);
        if (ids.IndexOfAnyExceptInRange(0, tokenizer.VocabularySize - 1) >= 0) throw new FuzzFailure("an id outside the vocabulary");
        if (result.Clipped > 0 && options.OutOfRange == OutOfRangePolicy.Refuse) throw new FuzzFailure("a clipped value was not refused");

        var again = new int[result.Count];
        if (tokenizer.Encode(actions, shape, again, options) != result || !ids.SequenceEqual(again))
            throw new FuzzFailure("the same chunk gave other ids");
        Decode(tokenizer, shape, options, actions, ids, result.Clipped);
    }

    private static EncodeMode Mode(ref FuzzInput choices)
    {
        byte kind = choices.Byte();
        double number = choices.Usual();
        return (kind % 6) switch
        {
            1 => EncodeMode.Shortest,
            2 => EncodeMode.RateDistortion(number),
            3 => EncodeMode.Sampled((ulong)kind, number),
            4 => EncodeMode.MaxError(number),
            5 => EncodeMode.MaxRmse(number),
            _ => EncodeMode.Canonical,
        };
    }

    private static void Decode(
        FastActionTokenizer tokenizer, ActionShape shape, EncodeOptions options, double[] actions, ReadOnlySpan<int> ids, int clipped)
    {
        // The published scheme drops characters that a byte-level vocabulary has no bytes for.
        bool isWhole = tokenizer.Definition.Alphabet is IntegerAlphabet || options.OutOfRange != OutOfRangePolicy.Published;
        var decoded = new double[shape.Count];
        if (!tokenizer.TryDecode(ids, shape, decoded).IsComplete)
        {
            if (isWhole) throw new FuzzFailure("ids of an encode do not decode");
            return;
        }

        if (!Array.TrueForAll(decoded, double.IsFinite)) throw new FuzzFailure("a decoded value is not finite");
        TokenCodec codec = tokenizer.Definition.Alphabet.CreateCodec(tokenizer.Definition.Vocabulary);
        int[] coefficients = new int[shape.Count], back = new int[shape.Count], rewritten = new int[tokenizer.MaxTokenCount(shape)];
        codec.Decode(ids, coefficients);
        int count = codec.Encode(coefficients, rewritten).Count;
        if (!codec.Decode(rewritten.AsSpan(0, count), back).IsComplete || !coefficients.AsSpan().SequenceEqual(back))
            throw new FuzzFailure("coefficients came back as others");

        if (clipped > 0 || options.Mode.ChoosesIntegers || tokenizer.Definition.Normalizer is not null) return;
        double error = 0;
        for (int i = 0; i < actions.Length; i++) error += (actions[i] - decoded[i]) * (actions[i] - decoded[i]);
        double rmse = Math.Sqrt(error / actions.Length), bound = 0.5 / tokenizer.Definition.Scale;
        if (rmse > bound * (1 + 1e-6)) throw new FuzzFailure($"an error of {rmse}, at most {bound} by rounding");
    }
}
