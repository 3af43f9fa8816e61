using System.Text.Json;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Cli.Tests;

public sealed class TrainCommandTests(TrainedTokenizer trained) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Json_tells_the_facts_of_the_training()
    {
        ToolRun run = await trained.RunAsync();
        using JsonDocument document = JsonDocument.Parse(run.Succeeds().Output);
        JsonElement json = document.RootElement;

        // Episodes of 412, 532, 1036, 1482 and 261 steps at 20 Hz; the last is held out.
        Assert.Equal(4, json.GetProperty("episodes").GetInt32());
        Assert.Equal(0, json.GetProperty("skipped_episodes").GetInt32());
        Assert.Equal(1, json.GetProperty("held_out_episodes").GetInt32());
        Assert.Equal(412 + 532 + 1036 + 1482 - (4 * 19), json.GetProperty("windows").GetInt64());
        Assert.InRange(json.GetProperty("distinct_windows").GetInt32(), 1000, 3386);
        Assert.Equal(20, json.GetProperty("horizon").GetInt32());
        Assert.Equal(7, json.GetProperty("dims").GetInt32());
        Assert.Equal(20, json.GetProperty("rate").GetDouble());
        Assert.Equal(10, json.GetProperty("scale").GetDouble());
        Assert.Equal(300, json.GetProperty("vocabulary_size").GetInt32());
        Assert.True(json.GetProperty("alphabet_size").GetInt32()
            > json.GetProperty("max_coefficient").GetInt32() - json.GetProperty("min_coefficient").GetInt32());
        Assert.InRange(json.GetProperty("seconds").GetDouble(), 0.001, 600);
        Assert.Equal(261 - 19, json.GetProperty("held_out").GetProperty("chunks").GetInt64());
    }

    [Fact]
    public async Task Tokenizer_knows_what_it_was_trained_for()
    {
        FastTokenizerDefinition definition = FastActionTokenizer.Load(await trained.FolderAsync()).Definition;
        Assert.Equal((20, 7, 20.0), (definition.Metadata.Horizon, definition.Metadata.Dimensions, definition.Metadata.Rate));
        Assert.Equal(["dx", "dy", "dz", "drx", "dry", "drz", "gripper"], definition.Metadata.DimensionNames!);
        Assert.Equal(CoefficientOrder.FrequencyMajor, definition.Order);
        Assert.Equal(NormalizationMethod.Quantile01To99, definition.Normalizer!.Options.Method);
        Assert.Equal(300, definition.Vocabulary.Count);
    }

    [Fact]
    public async Task Options_reach_the_tokenizer()
    {
        ToolRun run = await ToolRun.Of(
            "train", "--data", TestData.Locate("actions", "bridge.npz"), "--horizon", "5", "--stride", "2", "--rate", "7.5",
            "--dims", "0:3,gripper",
            "--unnormalized-dims", "6", "--scale", "5", "--vocab-size", "80", "--normalization", "minmax", "--clip", "--order", "dimension",
            "--margin", "0", "--holdout", "0.2", "--seed", "3", "--min-frequency", "4", "--max-token-length", "6",
            "--output", _folder["t"]);
        Assert.Contains("On held-out episodes:", run.Succeeds().Output, StringComparison.Ordinal);

        FastTokenizerDefinition definition = FastActionTokenizer.Load(_folder["t"]).Definition;
        Assert.Equal([0, 1, 2, 6], definition.Metadata.EncodedDimensions!);
        Assert.Equal(["x", "y", "z", "gripper"], definition.Metadata.DimensionNames!);
        Assert.Equal((5, 7.5), (definition.Metadata.Horizon, definition.Metadata.Rate));
        Assert.Equal([true, true, true, false], definition.Normalizer!.Options.Mask!);
        Assert.True(definition.Normalizer.Options.Clip);
        Assert.Equal(NormalizationMethod.MinMax, definition.Normalizer.Options.Method);
        Assert.Equal(CoefficientOrder.DimensionMajor, definition.Order);
        Assert.Equal(5, definition.Scale);
        Assert.InRange(definition.Vocabulary.MaxTokenLength, 2, 6);
        Assert.Equal((20, 5, 2), (definition.Training!.Episodes, definition.Training.HeldOutEpisodes, definition.Training.Stride));
        Assert.Equal(20 * 3, definition.Training.Windows);
        Assert.Equal(Math.Min(0, definition.Training.MinCoefficient), definition.Alphabet.MinCoefficient);
    }

    [Fact]
    public async Task Pruning_gives_ids_to_tokens_that_need_no_merge()
    {
        string data = _folder.WriteEpisodes("e.npz", 2, [.. Enumerable.Range(1, 6).Select(i => Motion.Episode(120, 2, i))]);
        string[] args = ["train", "--data", data, "--horizon", "10", "--vocab-size", "200", "--margin", "0"];
        (await ToolRun.Of([.. args, "--output", _folder["plain"]])).Succeeds();
        (await ToolRun.Of([.. args, "--prune-from", "2", "--output", _folder["pruned"]])).Succeeds();
        (await ToolRun.Of([.. args, "--prune-from", "2", "--alphabet", "byte-level", "--output", _folder["bytes"]]))
            .Fails(ExitCode.WrongUsage, "pruning works with the integer alphabet");

        BpeVocabulary plain = FastActionTokenizer.Load(_folder["plain"]).Definition.Vocabulary;
        BpeVocabulary pruned = FastActionTokenizer.Load(_folder["pruned"]).Definition.Vocabulary;
        Assert.Equal((200, plain.SymbolCount), (pruned.Count, pruned.SymbolCount));
        Assert.Equal(200 - plain.SymbolCount, plain.Merges.Length);
        Assert.InRange(pruned.Merges.Length, 1, plain.Merges.Length - 1);
    }

    [Theory]
    [InlineData("q01q99", NormalizationMethod.Quantile01To99)]
    [InlineData("q10q90", NormalizationMethod.Quantile10To90)]
    [InlineData("minmax", NormalizationMethod.MinMax)]
    [InlineData("meanstd", NormalizationMethod.MeanStd)]
    [InlineData("identity", NormalizationMethod.Identity)]
    public async Task Each_normalization_has_a_name(string name, NormalizationMethod method)
    {
        string data = _folder.WriteEpisodes("e.npz", 2, Motion.Episode(60, 2, 1), Motion.Episode(60, 2, 2));
        (await ToolRun.Of("train", "--data", data, "--horizon", "8", "--normalization", name, "--output", _folder["t"])).Succeeds();
        Assert.Equal(method, FastActionTokenizer.Load(_folder["t"]).Definition.Normalizer!.Options.Method);
        using JsonDocument json = JsonDocument.Parse((await ToolRun.Of("inspect", _folder["t"], "--json")).Output);
        Assert.Equal(name, json.RootElement.GetProperty("normalization").GetString());
    }

    [Fact]
    public async Task Single_episode_is_trained_on_and_nothing_held_out()
    {
        string data = _folder.WriteEpisodes("one.npz", 2, Motion.Episode(60, 2), Motion.Episode(5, 2));
        ToolRun run = await ToolRun.Of("train", "--data", data, "--horizon", "10", "--output", _folder["t"], "--json");
        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Contains("nothing is held out", run.Error, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(run.Output);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("held_out").ValueKind);
        Assert.Equal(1, json.RootElement.GetProperty("skipped_episodes").GetInt32());
    }

    [Fact]
    public async Task Single_episode_cannot_be_held_out_when_asked_for()
    {
        string data = _folder.WriteEpisodes("one.npz", 2, Motion.Episode(60, 2));
        (await ToolRun.Of("train", "--data", data, "--horizon", "10", "--output", _folder["t"], "--holdout", "0.1"))
            .Fails(ExitCode.InvalidData, "holdout of 0.1", "use a holdout of 0");
        Assert.Equal(["one.npz"], _folder.Entries());
    }

    [Fact]
    public async Task Several_recordings_are_trained_on_as_one()
    {
        string first = _folder.WriteEpisodes("a.npz", 2, Motion.Episode(40, 2, 1));
        string second = _folder.WriteEpisodes("b.npz", 2, Motion.Episode(40, 2, 2));
        ToolRun run = await ToolRun.Of("train", "--data", first, second, "--horizon", "10", "--output", _folder["t"], "--json");
        using JsonDocument json = JsonDocument.Parse(run.Succeeds().Output);
        Assert.Equal(
            (1, 1), (json.RootElement.GetProperty("episodes").GetInt32(), json.RootElement.GetProperty("held_out_episodes").GetInt32()));
    }

    [Fact]
    public async Task Same_training_gives_the_same_bytes_and_replaces_the_folder()
    {
        string data = _folder.WriteEpisodes("e.npz", 3, Motion.Episode(60, 3, 1), Motion.Episode(80, 3, 2), Motion.Episode(70, 3, 3));
        string[] args = ["train", "--data", data, "--horizon", "10", "--vocab-size", "120", "--seed", "5", "--output"];
        (await ToolRun.Of([.. args, _folder["t"]])).Succeeds();
        (await ToolRun.Of([.. args, _folder["u"]])).Succeeds();
        (await ToolRun.Of([.. args, _folder["t"]])).Succeeds();
        Assert.Equal(["e.npz", "t", "u"], _folder.Entries());
        foreach (string file in Directory.EnumerateFiles(_folder["t"]))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(_folder["u"], Path.GetFileName(file))));
    }

    [Fact]
    public async Task Estimated_statistics_train_too()
    {
        string data = _folder.WriteEpisodes("e.npz", 2, Motion.Episode(60, 2, 1), Motion.Episode(80, 2, 2));
        (await ToolRun.Of("train", "--data", data, "--horizon", "10", "--estimate-statistics", "--output", _folder["t"])).Succeeds();
        Assert.True(Directory.Exists(_folder["t"]));
    }

    [Fact]
    public async Task Training_that_is_stopped_writes_nothing()
    {
        string data = _folder.WriteEpisodes("e.npz", 2, Motion.Episode(60, 2, 1), Motion.Episode(80, 2, 2));
        (await ToolRun.Of(new CancellationToken(canceled: true), "train", "--data", data, "--horizon", "10", "--output", _folder["t"]))
            .Fails(ExitCode.Interrupted, "stopped");
        Assert.Equal(["e.npz"], _folder.Entries());
    }
}
