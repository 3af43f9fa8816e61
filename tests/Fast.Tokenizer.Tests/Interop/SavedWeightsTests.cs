using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Tests.Normalization;

namespace Fast.Tokenizer.Tests.Interop;

/// <summary>What Python makes of a saved tokenizer with weights, by the formulas that openpi and LeRobot have.</summary>
public sealed class SavedWeightsTests : IDisposable
{
    private const int Dimensions = 4;
    private static readonly double[] _weights = [3, 0.7, 0.3, 0.5];

    private readonly TemporaryFolder _temporary = new();

    // Where a constant is divided by 1e-8 no file of openpi says the same, with weights or without.
    public static IEnumerable<TheoryDataRow<string, NormalizationMethod, bool>> Formulas => NormalizationWeightsTests.Formulas.Where(
        row => row.Data is not ("lerobot" or "openvla", NormalizationMethod.MeanStd, _));

    private string Folder => _temporary["tokenizer"];

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [MemberData(nameof(Formulas))]
    public void Openpis_formula_gives_the_same_values_and_takes_them_back(string name, NormalizationMethod method, bool clip)
    {
        ActionNormalizer normalizer = Saved(name, method, clip);
        ActionStatistics saved = OpenPiStatistics.Read(Folder);
        (double[] actions, double[] normalized, double[] back) = RoundTrip(normalizer);
        for (int i = 0; i < actions.Length; i++)
        {
            int d = i % Dimensions;
            double q01 = saved.Q01![d], q99 = saved.Q99![d];
            Assert.Equal(normalized[i], (actions[i] - q01) / (q99 - q01 + 1e-6) * 2 - 1, 1e-10);
            Assert.Equal(back[i], (normalized[i] + 1) / 2 * (q99 - q01 + 1e-6) + q01, 1e-14);
            if (method != NormalizationMethod.MeanStd) continue;

            // openpi without quantiles; its epsilon remains where the constant is.
            double mean = saved.Mean![d], divisor = saved.Std![d] + 1e-6;
            Assert.Equal(normalized[i], (actions[i] - mean) / divisor, 1e-13);
            Assert.Equal(back[i], normalized[i] * divisor + mean, 1e-14);
        }
    }

    [Theory]
    [MemberData(nameof(Formulas))]
    public void Lerobots_formula_gives_the_same_values_and_takes_them_back(string name, NormalizationMethod method, bool clip)
    {
        ActionNormalizer normalizer = Saved(name, method, clip);
        ActionStatistics saved = LeRobotStatistics.Read(Folder);
        Assert.Equal(normalizer.Statistics.Count, saved.Count);
        (double[] actions, double[] normalized, double[] back) = RoundTrip(normalizer);
        for (int i = 0; i < actions.Length; i++)
        {
            int d = i % Dimensions;
            (double Low, double High)[] ends =
                [(saved.Min![d], saved.Max![d]), (saved.Q01![d], saved.Q99![d]), (saved.Q10![d], saved.Q90![d])];
            foreach ((double low, double high) in ends)
            {
                double range = Math.Max(high - low, 1e-8);
                Assert.Equal(normalized[i], 2 * (actions[i] - low) / range - 1, 1e-10);
                Assert.Equal(back[i], (normalized[i] + 1) / 2 * range + low, 1e-14);
            }

            if (method != NormalizationMethod.MeanStd) continue;
            Assert.Equal(normalized[i], (actions[i] - saved.Mean![d]) / Math.Max(saved.Std![d], 1e-8), 1e-12);
            Assert.Equal(back[i], normalized[i] * saved.Std[d] + saved.Mean[d], 1e-14);
        }
    }

    [Theory]
    [MemberData(nameof(Formulas))]
    public void Loading_gives_the_true_statistics_and_the_weights(string name, NormalizationMethod method, bool clip)
    {
        ActionNormalizer before = Saved(name, method, clip), after = FastActionTokenizer.Load(Folder).Definition.Normalizer!;

        Assert.Equal(_weights, after.Options.Weights!);
        Assert.Equal(before.Statistics.Min!, after.Statistics.Min!);
        Assert.Equal(before.Statistics.Q99!, after.Statistics.Q99!);
        Assert.Equal(before.Statistics.Std!, after.Statistics.Std!);
        Assert.Equal(before.HalfRange, after.HalfRange);
        Assert.Equal(before.UnitSize, after.UnitSize);
        (_, double[] normalized, double[] back) = RoundTrip(before);
        (_, double[] normalizedAfter, double[] backAfter) = RoundTrip(after);
        Assert.Equal(normalized, normalizedAfter);
        Assert.Equal(back, backAfter);
    }

    [Theory]
    [InlineData("openpi")]
    [InlineData("exact")]
    public void A_recording_has_the_ids_that_the_plain_formula_gives_with_the_saved_quantiles(string formula)
    {
        const string Recording = "franka_delta_eef";
        FastActionTokenizer trained = RecordedTokenizers.Get(Recording);
        ActionShape shape = RecordedTokenizers.Shape(Recording);
        NormalizationOptions options = NormalizationOptions.Named(formula) with { Weights = [1, 1.5, 1, 0.9, 1, 1, 0.5] };
        var weighted = new FastActionTokenizer(
            trained.Definition with { Normalizer = new(trained.Definition.Normalizer!.Statistics, options) });
        weighted.Save(Folder);

        // The published processor has one scale and no normalisation: openpi's comes before it, with the quantiles of the file.
        ActionNormalizer plain = OpenPiStatistics.ReadNormalizer(Folder);
        Assert.Null(plain.Options.Weights);
        var python = new FastActionTokenizer(trained.Definition with { Normalizer = plain });
        int chunks = 0;
        foreach (ReadOnlyMemory<double> window in RecordedTokenizers.Windows(Recording))
        {
            double[] expected = new double[shape.Count], found = new double[shape.Count];
            int[] ids = weighted.Encode(window.ToArray(), shape);
            Assert.Equal(ids, python.Encode(window.ToArray(), shape));
            weighted.Decode(ids, shape, expected);
            python.Decode(ids, shape, found);
            for (int i = 0; i < found.Length; i++) Assert.Equal(expected[i], found[i], 1e-12);
            chunks++;
        }

        Assert.Equal(53, chunks);
    }

    [Fact]
    public void Weights_of_one_change_no_file_but_the_manifest()
    {
        Dictionary<string, byte[]> Files(IReadOnlyList<double>? weights)
        {
            ActionNormalizer normalizer = Normalizer("exact", NormalizationMethod.Quantile01To99, false, weights);
            new FastActionTokenizer(SampleTokenizers.Definition(merges: 0, normalizer: normalizer)).Save(Folder);
            return Directory.EnumerateFiles(Folder).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
        }

        Dictionary<string, byte[]> plain = Files(null), ones = Files([1, 1, 1, 1]);
        Assert.Equal(plain.Keys.Order(), ones.Keys.Order());
        Assert.All(plain.Keys, name => Assert.Equal(name != "fast_tokenizer.json", plain[name].SequenceEqual(ones[name])));
        Assert.DoesNotContain("weights", System.Text.Encoding.UTF8.GetString(plain["fast_tokenizer.json"]), StringComparison.Ordinal);
    }

    private ActionNormalizer Saved(string name, NormalizationMethod method, bool clip)
    {
        ActionNormalizer normalizer = Normalizer(name, method, clip, _weights);
        new FastActionTokenizer(SampleTokenizers.Definition(merges: 0, normalizer: normalizer)).Save(Folder);
        return normalizer;
    }

    // A joint, a constant, a joint far from 0, and a masked gripper.
    private static ActionNormalizer Normalizer(string name, NormalizationMethod method, bool clip, IReadOnlyList<double>? weights)
    {
        var random = new Random(61);
        var accumulator = new StatisticsAccumulator(Dimensions);
        for (int step = 0; step < 500; step++)
            accumulator.Add([random.NextDouble() * 3 - 1, 0.25, 4 + random.NextDouble(), random.Next(2)]);
        return new ActionNormalizer(
            accumulator.ToStatistics(),
            NormalizationOptions.Named(name, method) with { Clip = clip, Mask = [true, true, true, false], Weights = weights });
    }

    // Inside the range, so that clipping does not show.
    private static (double[] Actions, double[] Normalized, double[] Back) RoundTrip(ActionNormalizer normalizer)
    {
        var random = new Random(62);
        IReadOnlyList<double> low = normalizer.Statistics.Q10!, high = normalizer.Statistics.Q90!;
        double Inside(int d) => low[d] + random.NextDouble() * (high[d] - low[d]);
        double[] actions = [.. Enumerable.Range(0, 12).SelectMany(_ => (double[])[Inside(0), 0.25, Inside(2), random.Next(2)])];
        double[] normalized = new double[actions.Length], back = new double[actions.Length];
        normalizer.Normalize(actions, normalized);
        normalizer.Denormalize(normalized, back);
        return (actions, normalized, back);
    }
}
