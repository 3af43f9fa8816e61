using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Tests.Normalization;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Interop;

public sealed class TokenizerFolderTests
{
    public static TheoryData<NormalizationMethod, bool, bool, CoefficientOrder> Normalizations
    {
        get
        {
            var data = new TheoryData<NormalizationMethod, bool, bool, CoefficientOrder>();
            foreach (NormalizationMethod method in Enum.GetValues<NormalizationMethod>())
            {
                foreach (bool masked in new[] { false, true })
                {
                    data.Add(method, false, masked, CoefficientOrder.FrequencyMajor);
                    if (method is not (NormalizationMethod.MeanStd or NormalizationMethod.Identity))
                        data.Add(method, true, masked, CoefficientOrder.DimensionMajor);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Normalizations))]
    public void Every_normalization_and_order_survives(NormalizationMethod method, bool clip, bool masked, CoefficientOrder order)
    {
        ActionStatistics statistics = SampleTokenizers.Statistics(4);
        var options = new NormalizationOptions { Method = method, Clip = clip, Mask = masked ? [true, false, true, true] : null };

        FastActionTokenizer loaded = SaveAndLoad(SampleTokenizers.Tokenizer(order: order, normalizer: new(statistics, options)));

        ActionNormalizer normalizer = loaded.Definition.Normalizer!;
        Assert.Equal(order, loaded.Definition.Order);
        Assert.Equal((method, clip), (normalizer.Options.Method, normalizer.Options.Clip));
        Assert.Equal(options.Mask, normalizer.Options.Mask);
        Assert.Equal(statistics.Count, normalizer.Statistics.Count);
        Assert.Equal(Fields(statistics), Fields(normalizer.Statistics));
    }

    [Fact]
    public void Statistics_survive_that_lack_fields()
    {
        var statistics = new ActionStatistics(q01: [-1, -0.1, double.Epsilon], q99: [1 / 3.0, 1e100, 5e-324]);

        ActionNormalizer loaded = SaveAndLoad(SampleTokenizers.Tokenizer(normalizer: new(statistics, new()))).Definition.Normalizer!;

        Assert.Null(loaded.Statistics.Count);
        Assert.Equal(Fields(statistics), Fields(loaded.Statistics));
    }

    [Fact]
    public void What_the_actions_are_survives()
    {
        var metadata = new ActionMetadata
        {
            Horizon = 50,
            Dimensions = 3,
            Rate = 1 / 3.0,
            DimensionNames = ["x", "Gelenk \"2\" \u00e4\u00f6\u00fc", "\u624b\U0001F916\\/<>&"],
            DimensionUnits = ["m", "rad", ""],
            EncodedDimensions = [4, 0, 2],
        };
        var facts = new TrainingFacts
        {
            Episodes = 3,
            SkippedEpisodes = 2,
            HeldOutEpisodes = 1,
            Windows = 5_000_000_000,
            DistinctWindows = 77,
            Stride = 5,
            MinCoefficient = -33,
            MaxCoefficient = 44,
        };

        FastTokenizerDefinition definition = SampleTokenizers.Definition(metadata: metadata) with { Training = facts };

        FastTokenizerDefinition loaded = SaveAndLoad(new(definition)).Definition;

        Assert.Equal((50, 3, 1 / 3.0), (loaded.Metadata.Horizon, loaded.Metadata.Dimensions, loaded.Metadata.Rate));
        Assert.Equal(metadata.DimensionNames, loaded.Metadata.DimensionNames);
        Assert.Equal(metadata.DimensionUnits, loaded.Metadata.DimensionUnits);
        Assert.Equal(metadata.EncodedDimensions, loaded.Metadata.EncodedDimensions);
        Assert.Equal(facts, loaded.Training);
    }

    [Fact]
    public void What_is_not_known_is_still_not_known()
    {
        FastTokenizerDefinition loaded = SaveAndLoad(SampleTokenizers.Tokenizer()).Definition;

        Assert.Equal(new ActionMetadata(), loaded.Metadata);
        Assert.Null(loaded.Normalizer);
        Assert.Null(loaded.Training);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-120, 391)]
    [InlineData(-120, 392)]
    [InlineData(-3000, 2000)]
    [InlineData(-10_495, 10_496)]
    public void An_alphabet_of_any_size_survives(int min, int max)
    {
        // 512 symbols fit the Latin letters, more are spelt with ideographs, of which there are 20,992.
        FastTokenizerDefinition definition = SampleTokenizers.Definition(min: min, max: max, merges: max == 0 ? 0 : 50);

        FastTokenizerDefinition loaded = SaveAndLoad(new(definition)).Definition;

        Assert.Equal((min, max), (loaded.Alphabet.MinCoefficient, loaded.Alphabet.MaxCoefficient));
        Assert.Equal(definition.Vocabulary.Merges, loaded.Vocabulary.Merges);
        Assert.Equal(definition.Vocabulary.Count, loaded.Vocabulary.Count);
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(0.1)]
    [InlineData(1 / 3.0)]
    [InlineData(1e6)]
    public void The_scale_survives_to_the_last_bit(double scale) =>
        Assert.Equal(scale, SaveAndLoad(SampleTokenizers.Tokenizer(scale, merges: 0)).Definition.Scale);

    [Fact]
    public void Loading_and_saving_again_gives_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        Rich().Save(folder["first"]);

        FastActionTokenizer.Load(folder["first"]).Save(folder["second"]);
        FastActionTokenizer.Load(folder["second"]).Save(folder["first"]);

        SortedDictionary<string, string> files = folder.Snapshot();
        Assert.Equal(2 * SavedFolder.Names.Length, files.Count);
        foreach (string name in SavedFolder.Names) Assert.Equal(files[Path.Combine("first", name)], files[Path.Combine("second", name)]);
    }

    [Fact]
    public void Python_reads_scale_min_token_and_shape()
    {
        using var folder = new TemporaryFolder();
        Rich().Save(folder["it"]);

        using var config = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(folder["it", "processor_config.json"]));
        using var tokenizer = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(folder["it", "tokenizer.json"]));
        System.Text.Json.JsonElement vocab = tokenizer.RootElement.GetProperty("model").GetProperty("vocab");

        Assert.Equal(10, config.RootElement.GetProperty("scale").GetDouble());
        Assert.Equal(50, config.RootElement.GetProperty("time_horizon").GetInt32());
        Assert.Equal(4, config.RootElement.GetProperty("action_dim").GetInt32());
        Assert.Equal(SampleTokenizers.Definition().Vocabulary.Count, config.RootElement.GetProperty("vocab_size").GetInt32());

        // Python encodes coefficient q as the character q - min_token, and that must be the token of q: here id q + 120.
        int minToken = config.RootElement.GetProperty("min_token").GetInt32();
        for (int q = -120; q <= 120; q++) Assert.Equal(q + 120, vocab.GetProperty(((char)(q - minToken)).ToString()).GetInt32());
    }

    [Fact]
    public void Another_order_does_not_name_the_processor_that_would_misread_it()
    {
        using var folder = new TemporaryFolder();
        SampleTokenizers.Tokenizer(order: CoefficientOrder.DimensionMajor).Save(folder["it"]);

        string config = File.ReadAllText(folder["it", "processor_config.json"]);
        Assert.DoesNotContain("UniversalActionProcessor", config, StringComparison.Ordinal);
    }

    [Fact]
    public void Parents_are_made_and_a_separator_at_the_end_is_fine()
    {
        using var folder = new TemporaryFolder();

        Rich().Save(folder["a", "b", "c"] + Path.DirectorySeparatorChar);

        Assert.Equal(Ids(Rich()), Ids(FastActionTokenizer.Load(folder["a", "b", "c"])));
        Assert.Equal(["c"], Children(folder["a", "b"]));
    }

    [Fact]
    public void An_existing_tokenizer_is_replaced_and_nothing_else_is_left()
    {
        using var folder = new TemporaryFolder();
        Rich().Save(folder["it"]);
        Assert.Equal(SavedFolder.Names.Order(StringComparer.Ordinal), Children(folder["it"]));
        File.Delete(folder["it", "special_tokens_map.json"]);

        SampleTokenizers.Tokenizer(scale: 25).Save(folder["it"]);

        // No statistics, so none of the old ones either.
        Assert.Equal(25, FastActionTokenizer.Load(folder["it"]).Definition.Scale);
        Assert.Equal(["it"], Children(folder.FullPath));
        Assert.Equal(SavedFolder.Names[..5].Order(StringComparer.Ordinal), Children(folder["it"]));
    }

    [Fact]
    public void An_empty_folder_is_filled()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["it"]);

        Rich().Save(folder["it"]);

        Assert.Equal(Ids(Rich()), Ids(FastActionTokenizer.Load(folder["it"])));
        Assert.Equal(["it"], Children(folder.FullPath));
    }

    [Theory]
    [InlineData("notes.txt")]
    [InlineData(".git/config")]
    [InlineData("tokenizer.json/nested")]
    [InlineData("Tokenizer.JSON.bak")]
    public void A_folder_that_holds_anything_else_is_refused_and_left_as_it_is(string foreign)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.GetDirectoryName(folder["it", foreign])!);
        File.WriteAllText(folder["it", foreign], "precious");
        if (!foreign.StartsWith("tokenizer.json", StringComparison.Ordinal)) File.WriteAllText(folder["it", "tokenizer.json"], "{}");
        SortedDictionary<string, string> before = folder.Snapshot();

        Refusal.Says<IOException>($"holds '{foreign.Split('/')[0]}', which is not part of a tokenizer", () => Rich().Save(folder["it"]));

        Assert.Equal(before, folder.Snapshot());
        Assert.Equal(["it"], Children(folder.FullPath));
    }

    [Fact]
    public void A_file_is_refused_and_left_as_it_is()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["it"], "precious");

        Refusal.Says<IOException>("is a file", () => Rich().Save(folder["it"]));
        Assert.ThrowsAny<IOException>(() => Rich().Save(folder["it", "below"]));

        Assert.Equal("precious", File.ReadAllText(folder["it"]));
        Assert.Equal(["it"], Children(folder.FullPath));
        Refusal.Says<DirectoryNotFoundException>("there is no tokenizer folder", () => FastActionTokenizer.Load(folder["it"]));
    }

    [Fact]
    public void A_parent_that_cannot_be_written_is_an_error_and_leaves_nothing()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("folders have no write permission of their own on Windows");
            return;
        }

        using var folder = new TemporaryFolder();
        Rich().Save(folder["parent", "it"]);
        SortedDictionary<string, string> before = folder.Snapshot();
        File.SetUnixFileMode(folder["parent"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            if (IsWritable(folder["parent"])) Assert.Skip("this user may write anywhere");

            Assert.ThrowsAny<UnauthorizedAccessException>(() => SampleTokenizers.Tokenizer(scale: 25).Save(folder["parent", "it"]));

            Assert.Equal(before, folder.Snapshot());
            Assert.Equal(["it"], Children(folder["parent"]));
        }
        finally
        {
            File.SetUnixFileMode(folder["parent"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_link_to_a_folder_stays_a_link()
    {
        using var folder = new TemporaryFolder();
        Rich().Save(folder["real", "it"]);
        Link(folder["link"], folder["real", "it"]);

        SampleTokenizers.Tokenizer(scale: 25).Save(folder["link"]);

        Assert.Equal(folder["real", "it"], new DirectoryInfo(folder["link"]).LinkTarget);
        Assert.Equal(25, FastActionTokenizer.Load(folder["link"]).Definition.Scale);
        Assert.Equal(25, FastActionTokenizer.Load(folder["real", "it"]).Definition.Scale);
        Assert.Equal(["link", "real"], Children(folder.FullPath));
        Assert.Equal(["it"], Children(folder["real"]));
    }

    [Fact]
    public void A_link_to_nothing_yet_is_followed()
    {
        using var folder = new TemporaryFolder();
        Link(folder["link"], folder["later", "it"]);

        Rich().Save(folder["link"]);

        Assert.Equal(folder["later", "it"], new DirectoryInfo(folder["link"]).LinkTarget);
        Assert.Equal(Ids(Rich()), Ids(FastActionTokenizer.Load(folder["later", "it"])));
    }

    [Fact]
    public void Saves_that_meet_leave_one_tokenizer_whole_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        FastActionTokenizer[] tokenizers = [.. Enumerable.Range(1, 4).Select(scale => SampleTokenizers.Tokenizer(scale, merges: 0))];
        for (int round = 0; round < 60; round++)
        {
            Parallel.ForEach(tokenizers, new ParallelOptions { MaxDegreeOfParallelism = 4 }, tokenizer => tokenizer.Save(folder["it"]));

            Assert.InRange(FastActionTokenizer.Load(folder["it"]).Definition.Scale, 1, 4);
            Assert.Equal(["it"], Children(folder.FullPath));
            if (round % 3 == 0) Directory.Delete(folder["it"], recursive: true);
        }
    }

    [Fact]
    public void What_cannot_be_used_is_not_saved()
    {
        using var folder = new TemporaryFolder();
        FastTokenizerDefinition good = SampleTokenizers.Definition(merges: 0);
        Rich().Save(folder["it"]);
        SortedDictionary<string, string> before = folder.Snapshot();

        Assert.ThrowsAny<ArgumentException>(() => TokenizerFolder.Save(good with { Scale = double.NaN }, folder["it"]));
        Assert.ThrowsAny<ArgumentException>(() => TokenizerFolder.Save(good with { Metadata = new() { Rate = double.NaN } }, folder["it"]));
        Assert.ThrowsAny<ArgumentException>(() => TokenizerFolder.Save(good with { Alphabet = new IntegerAlphabet(-1, 1) }, folder["it"]));

        // Two ways to make the same token: ids 3 and 4 both expand to the symbols 0 1 2.
        BpeMerge[] merges = [new(0, 1, 3), new(1, 2, 4), new(3, 2, 5), new(0, 4, 6)];
        FastTokenizerDefinition twice = good with { Alphabet = new IntegerAlphabet(-1, 1), Vocabulary = new(3, merges) };
        Refusal.Says<InvalidOperationException>("token 6 expands to the same symbols", () => TokenizerFolder.Save(twice, folder["it"]));

        Assert.Equal(before, folder.Snapshot());
        Assert.Equal(["it"], Children(folder.FullPath));
    }

    [Fact]
    public void Null_and_blank_are_refused_by_name()
    {
        Assert.Throws<ArgumentNullException>("definition", () => TokenizerFolder.Save(null!, "x"));
        Assert.Throws<ArgumentNullException>("directory", () => TokenizerFolder.Save(SampleTokenizers.Definition(merges: 0), null!));
        Assert.Throws<ArgumentNullException>("directory", () => TokenizerFolder.Load(null!));
        Assert.Throws<ArgumentException>("directory", () => TokenizerFolder.Load(" "));
        Assert.Throws<ArgumentException>("directory", () => SampleTokenizers.Tokenizer(merges: 0).Save(""));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        using var folder = new TemporaryFolder();

        Refusal.Says<DirectoryNotFoundException>(folder["none"], () => FastActionTokenizer.Load(folder["none"]));
    }

    // Saves and loads, and sees to it that ids and decoded bits are the same before and after.
    private static FastActionTokenizer SaveAndLoad(FastActionTokenizer tokenizer)
    {
        using var folder = new TemporaryFolder();
        tokenizer.Save(folder["it"]);
        FastActionTokenizer loaded = FastActionTokenizer.Load(folder["it"]);

        Assert.Equal(Ids(tokenizer), Ids(loaded));
        Assert.Equal(Decoded(tokenizer), Decoded(loaded));
        return loaded;
    }

    private static FastActionTokenizer Rich() => new(SampleTokenizers.Definition(
        normalizer: new(SampleTokenizers.Statistics(4), new() { Clip = true, Mask = [true, true, true, false] }),
        metadata: new() { Horizon = 50, Dimensions = 4, Rate = 50, DimensionNames = ["a", "b", "c", "d"] }));

    private static int[][] Ids(FastActionTokenizer tokenizer)
    {
        var random = new Random(31);
        int dimensions = tokenizer.Definition.Normalizer?.Dimensions ?? 4;
        return [.. Enumerable.Range(1, 30).Select(horizon =>
        {
            var shape = new ActionShape(horizon, dimensions);
            double[] actions = SampleTokenizers.Motion(random, shape);
            tokenizer.Definition.Normalizer?.Denormalize(actions, actions);
            return tokenizer.Encode(actions, shape);
        })];
    }

    private static double[][] Decoded(FastActionTokenizer tokenizer)
    {
        int dimensions = tokenizer.Definition.Normalizer?.Dimensions ?? 4;
        return [.. Ids(tokenizer).Select((ids, i) =>
        {
            var actions = new double[(i + 1) * dimensions];
            tokenizer.Decode(ids, new(i + 1, dimensions), actions);
            return actions;
        })];
    }

    private static IReadOnlyList<double>?[] Fields(ActionStatistics s) => [s.Min, s.Max, s.Mean, s.Std, s.Q01, s.Q10, s.Q50, s.Q90, s.Q99];

    private static IEnumerable<string> Children(string path) =>
        Directory.EnumerateFileSystemEntries(path).Select(child => Path.GetFileName(child)).Order(StringComparer.Ordinal);

    private static bool IsWritable(string path)
    {
        try
        {
            File.WriteAllText(Path.Combine(path, "probe"), "");
            File.Delete(Path.Combine(path, "probe"));
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Link(string path, string target)
    {
        try
        {
            Directory.CreateSymbolicLink(path, target);
        }
        catch (IOException) when (OperatingSystem.IsWindows())
        {
            Assert.Skip("this user may not make links");
        }
    }
}
