using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Tests.Normalization;

public sealed class NormalizationFormulaTests
{
    private static readonly string[] _dataSets =
    [
        "adroit_door", "aloha_sim_insertion_human", "bridge", "franka_delta_eef", "g1_inspire", "gr1_pickplace", "pusht", "robosuite_panda",
        "robosuite_panda_wipe",
    ];

    public static TheoryData<string, NormalizationMethod, bool> Formulas => new()
    {
        { "openpi", NormalizationMethod.Quantile01To99, false },
        { "openpi", NormalizationMethod.MeanStd, false },
        { "lerobot", NormalizationMethod.Quantile01To99, true },
        { "lerobot", NormalizationMethod.Quantile01To99, false },
        { "lerobot", NormalizationMethod.Quantile10To90, true },
        { "lerobot", NormalizationMethod.MinMax, false },
        { "lerobot", NormalizationMethod.MeanStd, false },
        { "openvla", NormalizationMethod.Quantile01To99, true },
        { "openvla", NormalizationMethod.MinMax, true },
        { "openvla", NormalizationMethod.MeanStd, false },
    };

    public static TheoryData<string> DataSets => [.. _dataSets];

    [Theory]
    [MemberData(nameof(DataSets))]
    public void The_openpi_formula_gives_the_golden_chunks(string name)
    {
        Npz golden = Npz.Open(TestData.Locate("golden", "fast_plus", name + ".npz"));
        var statistics = new ActionStatistics(q01: golden["q01"].Values, q99: golden["q99"].Values);
        var normalizer = new ActionNormalizer(statistics, NormalizationOptions.Named("openpi"));
        double[] raw = golden["raw"].Values, normalized = new double[raw.Length], back = new double[raw.Length];

        Assert.Equal(0, normalizer.Normalize(raw, normalized));
        normalizer.Denormalize(normalized, back);

        double[] expected = golden["chunks"].Values;
        Assert.Equal(raw.Length, expected.Length);
        Assert.True(Enumerable.Range(0, raw.Length).All(i => Math.Abs(expected[i] - normalized[i]) <= 1e-12), "a value is not openpi's");
        Assert.True(Enumerable.Range(0, raw.Length).All(i => Math.Abs(raw[i] - back[i]) <= 1e-12), "a value does not come back");
    }

    // The oracle is each project's Python, operation by operation; relative where an epsilon blows a value up.
    [Theory]
    [MemberData(nameof(Formulas))]
    public void Each_formula_is_that_of_its_project(string name, NormalizationMethod method, bool clip)
    {
        var random = new Random(41);
        for (int round = 0; round < 60; round++)
        {
            int dimensions = random.Next(1, 40), steps = random.Next(1, 6);
            ActionStatistics statistics = RandomStatistics(random, dimensions);
            bool[]? mask = random.Next(2) == 0 ? null : [.. Enumerable.Range(0, dimensions).Select(_ => random.Next(4) > 0)];
            var normalizer = new ActionNormalizer(statistics, NormalizationOptions.Named(name, method) with { Clip = clip, Mask = mask });
            double[] actions = [.. Enumerable.Range(0, steps * dimensions).Select(i => RandomAction(random, statistics, i % dimensions))];
            double[] normalized = new double[actions.Length];

            int clipped = normalizer.Normalize(actions, normalized);

            int expectedClipped = 0;
            for (int i = 0; i < actions.Length; i++)
            {
                int d = i % dimensions;
                (double expected, bool cut) = Reference(name, method, clip, statistics, d, mask?[d] ?? true, actions[i]);
                if (cut) expectedClipped++;
                Assert.True(Math.Abs(expected - normalized[i]) <= 1e-12 * Math.Max(1, Math.Abs(expected)),
                    $"{actions[i]:R} in dimension {d}: {expected:R} expected, {normalized[i]:R} given");
            }

            Assert.Equal(expectedClipped, clipped);
        }
    }

    [Theory]
    [MemberData(nameof(Formulas))]
    public void What_was_not_clipped_comes_back(string name, NormalizationMethod method, bool clip)
    {
        var random = new Random(42);
        for (int round = 0; round < 60; round++)
        {
            int dimensions = random.Next(1, 40);
            ActionStatistics statistics = RandomStatistics(random, dimensions);
            var normalizer = new ActionNormalizer(statistics, NormalizationOptions.Named(name, method) with { Clip = clip });
            double[] actions = [.. Enumerable.Range(0, dimensions).Select(d =>
                statistics.Q10![d] + random.NextDouble() * (statistics.Q90![d] - statistics.Q10[d]))];
            double[] normalized = new double[dimensions], back = new double[dimensions];

            Assert.Equal(0, normalizer.Normalize(actions, normalized));
            normalizer.Denormalize(normalized, back);
            for (int d = 0; d < dimensions; d++) Assert.Equal(actions[d], back[d], 1e-14);
        }
    }

    [Fact]
    public void The_inverse_of_openpi_is_bit_for_bit_its_python()
    {
        var random = new Random(43);
        for (int round = 0; round < 60; round++)
        {
            int dimensions = random.Next(1, 40);
            ActionStatistics s = RandomStatistics(random, dimensions);
            var normalizer = new ActionNormalizer(s, NormalizationOptions.Named("openpi"));
            double[] y = [.. Enumerable.Range(0, dimensions).Select(_ => random.NextDouble() * 4 - 2)], x = new double[dimensions];
            normalizer.Denormalize(y, x);
            for (int d = 0; d < dimensions; d++)
            {
                double expected = (y[d] + 1.0) / 2.0 * (s.Q99![d] - s.Q01![d] + 1e-6) + s.Q01[d];
                Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(x[d]));
            }
        }
    }

    [Fact]
    public void A_range_below_lerobots_floor_is_divided_by_the_floor()
    {
        double q01 = 0.25, q99 = q01 + 2e-9;
        var normalizer = new ActionNormalizer(new ActionStatistics(q01: [q01], q99: [q99]), NormalizationOptions.Named("lerobot"));
        double[] actions = [0, q99, 1], normalized = new double[3];
        Assert.Equal(2, normalizer.Normalize(actions, normalized));
        for (int i = 0; i < 3; i++) Assert.Equal(2 * (Math.Clamp(actions[i], q01, q99) - q01) / 1e-8 - 1, normalized[i], 1e-12);
    }

    [Fact]
    public void Single_precision_takes_the_same_way()
    {
        var statistics = new ActionStatistics(q01: [-1, 2, 5], q99: [3, 2, 5.5]);
        var normalizer = new ActionNormalizer(statistics, NormalizationOptions.Named("openpi"));
        float[] actions = [.. Enumerable.Range(0, 33).Select(i => i / 7f)];
        double[] doubles = [.. actions.Select(x => (double)x)], fromSingles = new double[33], fromDoubles = new double[33];
        normalizer.Normalize(actions, fromSingles);
        normalizer.Normalize(doubles, fromDoubles);
        Assert.Equal(fromDoubles, fromSingles);

        float[] singles = new float[33];
        normalizer.Denormalize(fromDoubles, doubles);
        normalizer.Denormalize(fromDoubles, singles);
        Assert.Equal(doubles.Select(x => (float)x), singles);
    }

    [Fact]
    public void Openvla_clips_to_exactly_one_however_small_the_range()
    {
        foreach (double low in (double[])[0, 0.5, -1.5, 1000, -1e6, 1e50])
        {
            foreach (double range in (double[])[0, 1e-12, 1e-8, 1e-3, 1])
            {
                var normalizer = new ActionNormalizer(
                    new ActionStatistics(q01: [low], q99: [low + range]), NormalizationOptions.Named("openvla"));
                double[] normalized = new double[4];
                Assert.Equal(4, normalizer.Normalize([low + Math.Abs(low) + 2, 1e200, low - Math.Abs(low) - 2, -1e200], normalized));
                Assert.Equal([1, 1, -1, -1], normalized);
            }
        }
    }

    [Fact]
    public void Openvla_maps_an_unused_dimension_to_zero_even_behind_the_mask()
    {
        var statistics = new ActionStatistics(min: [0.25, 0.25], max: [0.25, 0.25], q01: [0.25, 0.25], q99: [0.25, 0.25]);
        var normalizer = new ActionNormalizer(statistics, NormalizationOptions.Named("openvla") with { Mask = [true, false] });
        double[] normalized = [7, 7], back = new double[2];
        Assert.Equal(0, normalizer.Normalize([0.25, 0.5], normalized));
        Assert.Equal([0, 0], normalized);
        normalizer.Denormalize(normalized, back);
        Assert.Equal([0.25, 0.25], back);
    }

    [Fact]
    public void A_masked_gripper_is_left_alone_and_never_clipped()
    {
        var statistics = new ActionStatistics(min: [-1, 0], max: [1, 1], q01: [-1, 0], q99: [1, 1]);
        var normalizer = new ActionNormalizer(statistics, NormalizationOptions.Named("openvla") with { Mask = [true, false] });
        double[] normalized = new double[2];
        Assert.Equal(1, normalizer.Normalize([9, 9], normalized));
        Assert.Equal([1, 9], normalized);
    }

    [Fact]
    public void Center_and_half_range_say_what_maps_to_zero_and_how_large_a_unit_is()
    {
        var normalizer = new ActionNormalizer(new ActionStatistics(q01: [1], q99: [3]), NormalizationOptions.Named("openpi"));
        double[] normalized = new double[1];
        normalizer.Normalize(normalizer.Center, normalized);
        Assert.Equal(0, normalized[0], 1e-15);
        Assert.Equal((2 + 1e-6) / 2, normalizer.HalfRange[0], 1e-15);
    }

    [Theory]
    [InlineData("exact", false)]
    [InlineData("openpi", false)]
    [InlineData("lerobot", true)]
    [InlineData("openvla", true)]
    public void A_named_formula_clips_as_its_project_does(string name, bool clips)
    {
        Assert.Equal(clips, NormalizationOptions.Named(name).Clip);
        Assert.False(NormalizationOptions.Named(name, NormalizationMethod.MeanStd).Clip);
        Assert.Equal(name == "openvla", NormalizationOptions.Named(name, NormalizationMethod.MinMax).Clip);
        Assert.Equal(name == "exact", NormalizationOptions.Named(name).Formula == NormalizationFormula.Exact);
    }

    [Fact]
    public void An_unknown_name_is_refused_with_those_that_are_known() => Refusal.Says<ArgumentException>(
        "'OpenPI' is not known; use one of exact, openpi, lerobot, openvla", () => NormalizationOptions.Named("OpenPI"));

    [Theory]
    [InlineData("openpi", NormalizationMethod.MinMax, false, "OpenPi has no normalisation MinMax")]
    [InlineData("openpi", NormalizationMethod.Quantile10To90, false, "OpenPi has no normalisation Quantile10To90")]
    [InlineData("openpi", NormalizationMethod.Quantile01To99, true, "OpenPi never clips")]
    [InlineData("openvla", NormalizationMethod.Quantile10To90, true, "OpenVla has no normalisation Quantile10To90")]
    [InlineData("openvla", NormalizationMethod.Quantile01To99, false, "OpenVla always clips")]
    [InlineData("openvla", NormalizationMethod.MinMax, false, "OpenVla always clips")]
    [InlineData("lerobot", NormalizationMethod.MeanStd, true, "no range to clip to")]
    public void What_a_project_does_not_do_is_refused(string name, NormalizationMethod method, bool clip, string message) =>
        Refusal.Says<ArgumentException>(message, () => new ActionNormalizer(
            RandomStatistics(new Random(1), 3), NormalizationOptions.Named(name, method) with { Clip = clip }));

    [Fact]
    public void An_unknown_formula_is_refused() => Refusal.Says<ArgumentException>("formula 99 is unknown", () => new ActionNormalizer(
        new ActionStatistics(q01: [0], q99: [1]), new NormalizationOptions { Formula = (NormalizationFormula)99 }));

    [Theory]
    [InlineData("openpi")]
    [InlineData("lerobot")]
    [InlineData("openvla")]
    public void Ends_exchanged_by_less_than_the_statistics_tolerate_are_refused_all_the_same(string name) =>
        Refusal.Says<ArgumentException>("the low end of dimension 1 is 1000.0005, above the high end, which is 1000", () =>
            new ActionNormalizer(new ActionStatistics(q01: [0, 1000.0005], q99: [1, 1000]), NormalizationOptions.Named(name)));

    private static (double Value, bool Clipped) Reference(
        string name, NormalizationMethod method, bool clip, ActionStatistics s, int d, bool kept, double x)
    {
        if (method == NormalizationMethod.MeanStd)
        {
            double std = s.Std![d];
            double divisor = name switch { "openpi" => std + 1e-6, "lerobot" => Math.Max(std, 1e-8), _ => std + 1e-8 };
            return (kept ? (x - s.Mean![d]) / divisor : x, false);
        }

        var (low, high) = method switch
        {
            NormalizationMethod.Quantile01To99 => (s.Q01![d], s.Q99![d]),
            NormalizationMethod.Quantile10To90 => (s.Q10![d], s.Q90![d]),
            _ => (s.Min![d], s.Max![d]),
        };
        if (name == "openvla" && s.Min![d] == s.Max![d]) return (0, false);
        if (!kept) return (x, false);
        switch (name)
        {
            case "openpi":
                return ((x - low) / (high - low + 1e-6) * 2.0 - 1.0, false);
            case "lerobot":
                double inside = clip ? Math.Clamp(x, low, high) : x;
                return (2.0 * (inside - low) / Math.Max(high - low, 1e-8) - 1.0, inside != x);
            default:
                double y = 2 * (x - low) / (high - low + 1e-8) - 1;
                return (Math.Clamp(y, -1, 1), y is < -1 or > 1);
        }
    }

    // Some dimensions are constant, some move so rarely that their quantiles are equal.
    private static ActionStatistics RandomStatistics(Random random, int dimensions)
    {
        var accumulator = new StatisticsAccumulator(dimensions);
        double[] offset = [.. Enumerable.Range(0, dimensions).Select(_ => random.NextDouble() * 4 - 2)];
        int[] kind = [.. Enumerable.Range(0, dimensions).Select(_ => random.Next(5))];
        for (int step = 0; step < 300; step++)
        {
            accumulator.Add([.. Enumerable.Range(0, dimensions).Select(d => kind[d] switch
            {
                0 => offset[d],
                1 => step == 20 ? offset[d] + 1 : offset[d],
                _ => offset[d] + random.NextDouble(),
            })]);
        }

        return accumulator.ToStatistics();
    }

    private static double RandomAction(Random random, ActionStatistics statistics, int d) => random.Next(6) switch
    {
        0 => statistics.Q01![d],
        1 => statistics.Q99![d],
        2 => statistics.Max![d],
        _ => random.NextDouble() * 8 - 4,
    };
}
