using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Tests.Decoding;

namespace Fast.Tokenizer.Tests.Fidelity;

public sealed class PrefixQualityTests
{
    [Fact]
    public void It_is_the_error_of_the_first_tokens_alone()
    {
        // Dimension 3 is constant: it has a physical error and no normalised one.
        var normalizer = new ActionNormalizer(new(q01: [-1, -20, 0, 5], q99: [1, 30, 0.1, 5]), new());
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer(normalizer: normalizer);
        var shape = new ActionShape(16, 4);
        double[][] chunks = Chunks(new(1), shape, normalizer, 30);
        var evaluator = new FidelityEvaluator(tokenizer, shape, normalizer);
        foreach (double[] chunk in chunks) evaluator.Add(chunk, "e", 0);

        IReadOnlyList<FidelityPrefix> rows = evaluator.ToReport().PrefixQuality!;

        Assert.Equal([0.25, 0.5, 0.75], rows.Select(row => row.Share));
        var slow = new SlowDecoder(tokenizer);
        for (int i = 0; i < 3; i++)
        {
            double sum = 0, sumNormalized = 0;
            foreach (double[] chunk in chunks)
            {
                int[] tokens = tokenizer.Encode(chunk, shape);
                double[] decoded = slow.Inverse(slow.Expand(tokens.AsSpan(0, tokens.Length * (i + 1) / 4), shape.Count).Coefficients, shape);
                for (int k = 0; k < chunk.Length; k++)
                {
                    double error = decoded[k] - chunk[k];
                    sum += error * error;
                    if (k % 4 != 3) sumNormalized += Math.Pow(error / normalizer.HalfRange[k % 4], 2);
                }
            }

            Assert.Equal(Math.Sqrt(sum / (30 * 64)), rows[i].Rmse, 1e-9);
            Assert.Equal(Math.Sqrt(sumNormalized / (30 * 48)), rows[i].RmseNormalized!.Value, 1e-9);
        }
    }

    [Fact]
    public void Merged_evaluators_give_it_as_one_does()
    {
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer();
        var shape = new ActionShape(10, 3);
        double[][] chunks = Chunks(new(2), shape, null, 9);
        FidelityEvaluator whole = new(tokenizer, shape), first = new(tokenizer, shape), second = new(tokenizer, shape);
        for (int i = 0; i < chunks.Length; i++)
        {
            whole.Add(chunks[i], "e", i);
            (i < 4 ? first : second).Add(chunks[i], "e", i);
        }

        first.Merge(second);
        for (int i = 0; i < 3; i++)
        {
            FidelityPrefix expected = whole.ToReport().PrefixQuality![i], actual = first.ToReport().PrefixQuality![i];
            Assert.Equal(expected.Rmse, actual.Rmse, 1e-12);
            Assert.Equal(expected.RmseNormalized!.Value, actual.RmseNormalized!.Value, 1e-12);
        }
    }

    [Fact]
    public void A_prefix_that_ends_within_a_character_counts_the_characters_before()
    {
        FastActionTokenizer tokenizer = FastActionTokenizer.Load(TestData.Locate("tokenizers", "fast_plus"));
        var shape = new ActionShape(7, 3);

        // Beyond the usual range characters are rare, and some take a token per byte.
        double[][] chunks = [.. Chunks(new(3), shape, null, 60).Select(chunk => Array.ConvertAll(chunk, value => 9 * value))];
        var evaluator = new FidelityEvaluator(tokenizer, shape);
        double[] sums = new double[3];
        int within = 0;
        foreach (double[] chunk in chunks)
        {
            evaluator.Add(chunk, "e", 0);
            int[] tokens = tokenizer.Encode(chunk, shape);
            for (int i = 0; i < 3; i++)
            {
                var decoded = new double[shape.Count];
                DecodeResult result = tokenizer.Decode(tokens.AsSpan(0, tokens.Length * (i + 1) / 4), shape, decoded, DecodePolicy.Prefix);
                within += result.Status == DecodeStatus.IllFormedBytes ? 1 : 0;
                sums[i] += decoded.Select((value, k) => (value - chunk[k]) * (value - chunk[k])).Sum();
            }
        }

        Assert.True(within > 0);
        Assert.Equal(sums.Select(sum => Math.Sqrt(sum / (60 * 21))), evaluator.ToReport().PrefixQuality!.Select(row => row.Rmse), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void More_tokens_of_recorded_motion_mean_less_error()
    {
        FastActionTokenizer tokenizer = RecordedTokenizers.Get("bridge");
        var evaluator = new FidelityEvaluator(tokenizer, RecordedTokenizers.Shape("bridge"), tokenizer.Definition.Normalizer);
        foreach (ReadOnlyMemory<double> chunk in RecordedTokenizers.Windows("bridge")) evaluator.Add(chunk.Span, "e", 0);
        FidelityReport report = evaluator.ToReport();
        double[] errors = [.. report.PrefixQuality!.Select(row => row.RmseNormalized!.Value), report.RmseNormalized!.Value];
        Assert.Equal(errors.OrderDescending(), errors);
    }

    [Fact]
    public void Other_tokenizers_have_none()
    {
        var evaluator = new FidelityEvaluator(new BinningActionTokenizer(), new(2, 1));
        evaluator.Add([0.5, -0.5], "e", 0);
        Assert.Null(evaluator.ToReport().PrefixQuality);
        Assert.Contains("\"prefix_quality\":null", evaluator.ToReport().ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Adding_a_chunk_still_does_not_allocate()
    {
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer();
        var shape = new ActionShape(50, 14);
        double[][] chunks = Chunks(new(4), shape, null, 5);
        var evaluator = new FidelityEvaluator(tokenizer, shape);
        Assert.Equal(0, Allocated.By(() =>
        {
            foreach (double[] chunk in chunks) evaluator.Add(chunk, "hot", 1);
        }));
    }

    private static double[][] Chunks(Random random, ActionShape shape, ActionNormalizer? normalizer, int count) =>
    [
        .. Enumerable.Range(0, count).Select(_ =>
        {
            double[] chunk = SampleTokenizers.Motion(random, shape);
            normalizer?.Denormalize(chunk, chunk);
            for (int i = 0; i < chunk.Length && normalizer is not null; i++)
                if (normalizer.HalfRange[i % shape.Dimensions] == 0) chunk[i] += 0.25;
            return chunk;
        }),
    ];
}
