using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Tests.Normalization;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Interop;

public sealed class SavedStatisticsTests : IDisposable
{
    private readonly StatisticsFiles _files = new();

    public static TheoryData<string, NormalizationMethod> NamedMethods => new()
    {
        { "exact", NormalizationMethod.Quantile01To99 },
        { "exact", NormalizationMethod.Quantile10To90 },
        { "exact", NormalizationMethod.MinMax },
        { "exact", NormalizationMethod.MeanStd },
        { "exact", NormalizationMethod.Identity },
        { "openpi", NormalizationMethod.Quantile01To99 },
        { "openpi", NormalizationMethod.MeanStd },
        { "lerobot", NormalizationMethod.Quantile01To99 },
        { "lerobot", NormalizationMethod.MinMax },
        { "openvla", NormalizationMethod.Quantile01To99 },
        { "openvla", NormalizationMethod.MinMax },
    };

    private string Folder => Path.Combine(_files.Folder, "tokenizer");

    public void Dispose() => _files.Dispose();

    [Theory]
    [MemberData(nameof(NamedMethods))]
    public void A_saved_tokenizer_normalises_as_before(string name, NormalizationMethod method)
    {
        ActionNormalizer before = Normalizer(name, method);
        TokenizerFolder.Save(Definition(before), Folder);
        ActionNormalizer after = TokenizerFolder.Load(Folder).Normalizer!;

        Assert.Equal(before.Options.Formula, after.Options.Formula);
        Assert.Equal(before.Options.Clip, after.Options.Clip);
        double[] actions = Actions(before.Statistics), first = new double[actions.Length], second = new double[actions.Length];
        Assert.Equal(before.Normalize(actions, first), after.Normalize(actions, second));
        Assert.Equal(first, second);
    }

    // What the README's lines of Python do, with what the folder holds.
    [Theory]
    [MemberData(nameof(NamedMethods))]
    public void Openpis_formula_with_the_saved_file_normalises_as_the_tokenizer_does(string name, NormalizationMethod method)
    {
        ActionNormalizer normalizer = Normalizer(name, method);
        TokenizerFolder.Save(Definition(normalizer), Folder);
        ActionStatistics saved = OpenPiStatistics.Read(Folder);
        Assert.Equal(normalizer.Statistics.Mean!, saved.Mean!);
        Assert.Equal(normalizer.Statistics.Std!, saved.Std!);

        double[] actions = Actions(normalizer.Statistics), normalized = new double[actions.Length], back = new double[actions.Length];
        normalizer.Normalize(actions, normalized);
        normalizer.Denormalize(normalized, back);
        for (int i = 0; i < actions.Length; i++)
        {
            double low = saved.Q01![i % 4], range = saved.Q99![i % 4] - low + 1e-6;
            Assert.Equal(normalized[i], (actions[i] - low) / range * 2 - 1, 1e-9);
            Assert.Equal(back[i], (normalized[i] + 1) / 2 * range + low, 1e-9);
        }
    }

    [Fact]
    public void With_openpis_own_formula_the_saved_quantiles_are_the_statistics_themselves()
    {
        ActionNormalizer normalizer = Normalizer("openpi", NormalizationMethod.Quantile01To99);
        TokenizerFolder.Save(Definition(normalizer), Folder);
        Assert.Equal(normalizer.Statistics.Q99!.Take(3), OpenPiStatistics.Read(Folder).Q99!.Take(3));
    }

    [Fact]
    public void The_saved_lerobot_file_holds_the_statistics_themselves()
    {
        ActionNormalizer normalizer = Normalizer("exact", NormalizationMethod.Quantile01To99);
        TokenizerFolder.Save(Definition(normalizer), Folder);
        ActionStatistics saved = LeRobotStatistics.Read(Folder);
        foreach (string name in StatisticsAccumulatorTests.FieldNames)
            Assert.Equal(StatisticsAccumulatorTests.Field(normalizer.Statistics, name), StatisticsAccumulatorTests.Field(saved, name));
        Assert.Equal(normalizer.Statistics.Count, saved.Count);
    }

    [Fact]
    public void Statistics_files_are_left_out_where_they_could_not_say_what_they_must()
    {
        void Save(ActionStatistics? statistics, NormalizationOptions options)
        {
            TokenizerFolder.Save(Definition(statistics is null ? null : new ActionNormalizer(statistics, options)), Folder);
            TokenizerFolder.Load(Folder);
        }

        bool Has(string name) => File.Exists(Path.Combine(Folder, name));
        Save(Normalizer("exact", NormalizationMethod.MinMax).Statistics, new NormalizationOptions());
        Assert.True(Has("norm_stats.json") && Has("stats.json"));
        Save(null, new NormalizationOptions());
        Assert.False(Has("norm_stats.json") || Has("stats.json"));
        Save(new ActionStatistics(q01: [0], q99: [1]), new NormalizationOptions());
        Assert.False(Has("norm_stats.json") || Has("stats.json"));
        Save(new ActionStatistics(mean: [0], std: [1], q01: [0], q99: [1]), new NormalizationOptions());
        Assert.True(Has("norm_stats.json") && !Has("stats.json"));

        // Half of openpi's epsilon is the range: no pair of ends says that.
        Save(new ActionStatistics(mean: [0], std: [1], q01: [0], q99: [5e-7]), new NormalizationOptions());
        Assert.False(Has("norm_stats.json"));
    }

    [Theory]
    [InlineData("norm_stats.json")]
    [InlineData("stats.json")]
    public void An_edited_or_missing_statistics_file_is_noticed(string name)
    {
        TokenizerFolder.Save(Definition(Normalizer("exact", NormalizationMethod.MinMax)), Folder);
        string path = Path.Combine(Folder, name);
        File.WriteAllText(path, File.ReadAllText(path).Replace("0.25", "0.26", StringComparison.Ordinal));
        Refusal.Says<InvalidDataException>($"{name} was changed", () => TokenizerFolder.Load(Folder));
        File.Delete(path);
        Refusal.Says<InvalidDataException>($"{name} is missing", () => TokenizerFolder.Load(Folder));
    }

    [Fact]
    public void A_manifest_with_an_unknown_formula_is_refused_by_its_name()
    {
        TokenizerFolder.Save(Definition(Normalizer("lerobot", NormalizationMethod.MinMax)), Folder);
        Reseal(text => text.Replace("\"formula\": \"lerobot\"", "\"formula\": \"octopus\"", StringComparison.Ordinal));
        Refusal.Says<InvalidDataException>("the normalization formula 'octopus' is not known", () => TokenizerFolder.Load(Folder));
    }

    [Fact]
    public void A_manifest_without_a_formula_is_refused_by_its_name()
    {
        TokenizerFolder.Save(Definition(Normalizer("lerobot", NormalizationMethod.MinMax)), Folder);
        Reseal(text => text.Replace("\"formula\": \"lerobot\",", "", StringComparison.Ordinal));
        Refusal.Says<InvalidDataException>("formula", () => TokenizerFolder.Load(Folder));
    }

    [Fact]
    public void Ids_come_from_the_formula()
    {
        var openPi = new FastActionTokenizer(Definition(Normalizer("openpi", NormalizationMethod.Quantile01To99)));
        openPi.Save(Folder);
        double[] actions = Actions(openPi.Definition.Normalizer!.Statistics);
        var shape = new ActionShape(actions.Length / 4, 4);
        Assert.Equal(openPi.Encode(actions, shape), FastActionTokenizer.Load(Folder).Encode(actions, shape));
    }

    private void Reseal(Func<string, string> edit)
    {
        string path = Path.Combine(Folder, "fast_tokenizer.json");
        string before = File.ReadAllText(path), after = edit(before);
        Assert.NotEqual(before, after);
        string blank = Regex.Replace(after, "(\"checksum\": \"sha256:)[0-9a-f]{64}", "${1}" + new string('0', 64));
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(blank)));
        File.WriteAllText(path, blank.Replace(new string('0', 64), hash, StringComparison.Ordinal));
    }

    // A joint, a constant, a gripper that hardly ever moves, and a masked gripper.
    private static ActionNormalizer Normalizer(string name, NormalizationMethod method)
    {
        var random = new Random(61);
        var accumulator = new StatisticsAccumulator(4);
        for (int step = 0; step < 500; step++)
            accumulator.Add([random.NextDouble() * 3 - 1, 0.25, step == 7 ? 1 : 0, random.Next(2)]);
        var options = NormalizationOptions.Named(name, method) with { Mask = [true, true, true, false] };
        return new ActionNormalizer(accumulator.ToStatistics(), options);
    }

    // Inside the range, so that clipping does not show; the hardly moving gripper at rest, where formulas of others keep it.
    private static double[] Actions(ActionStatistics statistics)
    {
        var random = new Random(62);
        return [.. Enumerable.Range(0, 12).SelectMany(_ => (double[])
        [
            statistics.Q10![0] + random.NextDouble() * (statistics.Q90![0] - statistics.Q10[0]), 0.25, 0, random.Next(2),
        ])];
    }

    private static FastTokenizerDefinition Definition(ActionNormalizer? normalizer)
    {
        var alphabet = new IntegerAlphabet(-200, 200);
        return new FastTokenizerDefinition
        {
            Scale = 10,
            Alphabet = alphabet,
            Vocabulary = new BpeVocabulary(alphabet.SymbolCount, []),
            Normalizer = normalizer,
        };
    }
}
