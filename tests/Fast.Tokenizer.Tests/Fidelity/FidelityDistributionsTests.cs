using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Normalization;
using Chunk = Fast.Tokenizer.Tests.Fidelity.ScriptedTokenizer.Chunk;

namespace Fast.Tokenizer.Tests.Fidelity;

public sealed class FidelityDistributionsTests
{
    [Fact]
    public void They_are_a_plain_recount()
    {
        var random = new Random(1);
        for (int round = 0; round < 30; round++)
        {
            var shape = new ActionShape(random.Next(1, 20), random.Next(1, 6));

            // The last dimension may stand still: it has an error, and no part in the spectrum.
            ActionNormalizer normalizer = Normalizer(random, shape.Dimensions, standsStill: round % 3 == 0);
            FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer(merges: 30 * (round % 4), normalizer: normalizer);
            double[][] chunks = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => Actions(random, shape, normalizer))];
            var evaluator = new FidelityEvaluator(tokenizer, shape, normalizer);
            for (int i = 0; i < chunks.Length; i++) evaluator.Add(chunks[i], "e", i);
            FidelityDistributions distributions = evaluator.ToDistributions();

            var ids = new long[tokenizer.VocabularySize];
            var byTokens = new SortedDictionary<int, long>();
            var byCoefficients = new SortedDictionary<int, long>();
            double[,] squares = new double[shape.Dimensions, shape.Horizon];
            double[] motion = new double[shape.Horizon], errors = new double[shape.Horizon];
            foreach (double[] chunk in chunks)
            {
                int[] tokens = tokenizer.Encode(chunk, shape);
                var decoded = new double[shape.Count];
                tokenizer.Decode(tokens, shape, decoded);
                byTokens[tokens.Length] = byTokens.GetValueOrDefault(tokens.Length) + 1;
                foreach (int id in tokens)
                {
                    ids[id]++;
                    int length = tokenizer.Definition.Vocabulary.GetSymbols(id).Length;
                    byCoefficients[length] = byCoefficients.GetValueOrDefault(length) + 1;
                }

                for (int d = 0; d < shape.Dimensions; d++)
                {
                    double half = normalizer.HalfRange[d], center = normalizer.Center[d];
                    double[] column = Column(chunk), error = [.. Column(decoded).Zip(column, (after, before) => after - before)];
                    for (int t = 0; t < shape.Horizon; t++) squares[d, t] += error[t] * error[t];
                    if (half == 0) continue;
                    for (int k = 0; k < shape.Horizon; k++)
                    {
                        motion[k] += Math.Pow(Cosine([.. column.Select(value => (value - center) / half)], k), 2);
                        errors[k] += Math.Pow(Cosine([.. error.Select(value => value / half)], k), 2);
                    }

                    double[] Column(double[] values) => [.. Enumerable.Range(0, shape.Horizon)
                        .Select(t => values[(t * shape.Dimensions) + d])];
                }
            }

            Assert.Equal(ids, distributions.IdCounts);
            Assert.Equal(byTokens, Sparse(distributions.ChunksByTokens));
            Assert.Equal(byCoefficients, Sparse(distributions.TokensByCoefficients!));
            Assert.NotEqual(0, distributions.ChunksByTokens[^1]);
            Assert.NotEqual(0, distributions.TokensByCoefficients![^1]);
            for (int d = 0; d < shape.Dimensions; d++)
            {
                for (int t = 0; t < shape.Horizon; t++)
                    Assert.Equal(Math.Sqrt(squares[d, t] / chunks.Length), distributions.RmsePerDimensionAndStep[d][t], 1e-12);
            }

            int ranged = normalizer.HalfRange.ToArray().Count(half => half > 0);
            if (ranged == 0)
            {
                Assert.Null(distributions.PerFrequency);
                continue;
            }

            Assert.Equal(Enumerable.Range(0, shape.Horizon), distributions.PerFrequency!.Select(row => row.Frequency));
            for (int k = 0; k < shape.Horizon; k++)
            {
                Assert.Equal(Math.Sqrt(motion[k] / (chunks.Length * ranged)), distributions.PerFrequency![k].MotionRms, 1e-9);
                Assert.Equal(Math.Sqrt(errors[k] / (chunks.Length * ranged)), distributions.PerFrequency[k].ErrorRms, 1e-9);
            }

            // The transform is orthonormal.
            FidelityReport report = evaluator.ToReport();
            double mean = distributions.PerFrequency!.Average(row => row.ErrorRms * row.ErrorRms);
            Assert.Equal(report.RmseNormalized!.Value, Math.Sqrt(mean), 1e-9);
        }
    }

    [Fact]
    public void Merged_evaluators_give_them_as_one_does()
    {
        var random = new Random(2);
        var shape = new ActionShape(9, 3);
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer();
        FidelityEvaluator whole = new(tokenizer, shape), first = new(tokenizer, shape), second = new(tokenizer, shape);
        for (int i = 0; i < 12; i++)
        {
            double[] chunk = SampleTokenizers.Motion(random, shape);
            whole.Add(chunk, "e", i);
            (i < 5 ? first : second).Add(chunk, "e", i);
        }

        first.Merge(second);
        FidelityDistributions expected = whole.ToDistributions(), merged = first.ToDistributions();
        Assert.Equal(expected.ChunksByTokens, merged.ChunksByTokens);
        Assert.Equal(expected.TokensByCoefficients!, merged.TokensByCoefficients!);
        Assert.Equal(expected.IdCounts, merged.IdCounts);
        for (int d = 0; d < 3; d++)
        {
            for (int t = 0; t < 9; t++)
                Assert.Equal(expected.RmsePerDimensionAndStep[d][t], merged.RmsePerDimensionAndStep[d][t], 1e-15);
        }

        for (int k = 0; k < 9; k++)
        {
            Assert.Equal(expected.PerFrequency![k].MotionRms, merged.PerFrequency![k].MotionRms, 1e-14);
            Assert.Equal(expected.PerFrequency[k].ErrorRms, merged.PerFrequency[k].ErrorRms, 1e-14);
        }
    }

    [Fact]
    public void A_byte_of_a_coefficient_counts_where_the_coefficient_begins()
    {
        // Coefficients that are large enough to have no token of their own.
        FastActionTokenizer tokenizer = FastActionTokenizer.Load(TestData.Locate("tokenizers", "fast_plus"));
        var shape = new ActionShape(12, 2);
        var random = new Random(3);
        double[][] chunks = [.. Enumerable.Range(0, 40).Select(_ =>
            SampleTokenizers.Motion(random, shape).Select(value => value * 200).ToArray())];
        var encoding = new EncodeOptions { OutOfRange = OutOfRangePolicy.Clamp };
        var evaluator = new FidelityEvaluator(tokenizer, shape, encoding: encoding);
        foreach (double[] chunk in chunks) evaluator.Add(chunk, "e", 0);
        Assert.Equal(chunks.Length, evaluator.Chunks);

        // However the bytes are spread over tokens, together they are all coefficients of all chunks.
        FidelityDistributions distributions = evaluator.ToDistributions();
        Assert.Equal(chunks.Length * shape.Count, distributions.TokensByCoefficients!.Select((tokens, coefficients) =>
            tokens * coefficients).Sum());
        Assert.Equal(distributions.IdCounts.Sum(), distributions.TokensByCoefficients!.Sum());
        Assert.NotEqual(0, distributions.TokensByCoefficients![0]);
    }

    [Fact]
    public void A_tokenizer_without_frequencies_has_what_is_left()
    {
        var evaluator = new FidelityEvaluator(new ScriptedTokenizer(new Chunk([3, 0, -4, 1], Tokens: 2),
            new Chunk([3, 0, 4, 1], Tokens: 0)), new(2, 2));
        evaluator.Add([0, 0, 0, 0], "e", 0);
        evaluator.Add([0, 0, 0, 0], "e", 1);
        FidelityDistributions distributions = evaluator.ToDistributions();
        Assert.Equal([1L, 0L, 1L], distributions.ChunksByTokens);
        Assert.Equal([2L], distributions.IdCounts);
        Assert.Equal([3, 4], distributions.RmsePerDimensionAndStep[0]);
        Assert.Equal([0, 1], distributions.RmsePerDimensionAndStep[1]);
        Assert.Null(distributions.TokensByCoefficients);
        Assert.Null(distributions.PerFrequency);
    }

    [Fact]
    public void Nothing_evaluated_is_said() =>
        Assert.Contains("no chunk", Assert.Throws<InvalidOperationException>(
            () => new FidelityEvaluator(SampleTokenizers.Tokenizer(), new(2, 2)).ToDistributions()).Message, StringComparison.Ordinal);

    // Row k of the orthonormal DCT-II.
    private static double Cosine(double[] values, int k) => values.Select((value, t) =>
        value * Math.Cos(Math.PI * k * ((2 * t) + 1) / (2.0 * values.Length)) * Math.Sqrt((k == 0 ? 1.0 : 2.0) / values.Length)).Sum();

    private static SortedDictionary<int, long> Sparse(IReadOnlyList<long> counts) =>
        new(Enumerable.Range(0, counts.Count).Where(i => counts[i] != 0).ToDictionary(i => i, i => counts[i]));

    private static ActionNormalizer Normalizer(Random random, int dimensions, bool standsStill)
    {
        double[] low = [.. Enumerable.Range(0, dimensions).Select(_ => random.NextDouble() - 3)];
        double[] high = [.. low.Select((value, d) => standsStill && d == dimensions - 1 ? value : value + 0.1 + random.NextDouble())];
        return new ActionNormalizer(new(q01: low, q99: high), new());
    }

    private static double[] Actions(Random random, ActionShape shape, ActionNormalizer normalizer) =>
        [.. SampleTokenizers.Motion(random, shape).Select((value, i) =>
            normalizer.Center[i % shape.Dimensions]
                + (value * (normalizer.HalfRange[i % shape.Dimensions] is > 0 and var half ? half : 0.01)))];
}
