using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Cli.Tests;

public sealed class ConvertCommandTests(TrainedTokenizer trained) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_byte_level_alphabet_is_what_training_it_gives()
    {
        string[] common = ["--data", TrainedTokenizer.Recording, "--vocab-size", "400", "--output"];
        string original = await trained.FolderAsync();
        (await ToolRun.Of(["convert", "--tokenizer", original, "--alphabet", "byte-level", .. common, _folder["converted"]])).Succeeds();
        (await ToolRun.Of(["train", "--horizon", "20", "--holdout", "0.1", "--alphabet", "byte-level", .. common, _folder["trained"]])).Succeeds();

        FastTokenizerDefinition converted = FastActionTokenizer.Load(_folder["converted"]).Definition;
        Assert.IsType<ByteLevelAlphabet>(converted.Alphabet);
        Assert.Equal(400, converted.Vocabulary.Count);
        Assert.Equal(FastActionTokenizer.Load(original).Definition.Normalizer!.Center, converted.Normalizer!.Center);
        Assert.IsType<ByteLevelAlphabet>(FastActionTokenizer.Load(_folder["trained"]).Definition.Alphabet);
    }

    [Fact]
    public async Task Statistics_are_given_to_a_published_tokenizer_and_its_ids_stay()
    {
        string published = TestData.Locate("tokenizers", "fast_plus");
        string statistics = TestData.Locate("norm_stats", "openpi_trossen", "norm_stats.json");
        (await ToolRun.Of(
            "convert", "--tokenizer", published, "--statistics", statistics, "--formula", "openpi", "--output", _folder["it"])).Succeeds();

        FastTokenizerDefinition before = FastActionTokenizer.Load(published).Definition, after = FastActionTokenizer.Load(_folder["it"]).Definition;
        Assert.Equal(NormalizationFormula.OpenPi, after.Normalizer!.Options.Formula);
        Assert.Equal(before.Vocabulary.Merges, after.Vocabulary.Merges);
        Assert.Equal(before.Alphabet.MinCoefficient, after.Alphabet.MinCoefficient);
        Assert.Equal(before.Scale, after.Scale);
    }

    [Fact]
    public async Task Nothing_to_convert_is_wrong_usage()
    {
        string original = await trained.FolderAsync();
        (await ToolRun.Of("convert", "--tokenizer", original, "--output", _folder["it"])).Fails(ExitCode.WrongUsage, "nothing to convert", "--data");
        Assert.False(Directory.Exists(_folder["it"]));
    }

    [Fact]
    public async Task Statistics_that_are_none_are_named_and_nothing_is_written()
    {
        string published = TestData.Locate("tokenizers", "fast_plus");
        string statistics = _folder.Write("norm_stats.json", "{\"norm_stats\": {}}");
        (await ToolRun.Of("convert", "--tokenizer", published, "--statistics", statistics, "--output", _folder["it"]))
            .Fails(ExitCode.InvalidData, "norm_stats.json", "actions");
        Assert.False(Directory.Exists(_folder["it"]));
    }

    [Fact]
    public async Task Statistics_that_are_not_there_are_named()
    {
        string published = TestData.Locate("tokenizers", "fast_plus"), missing = _folder["norm_stats.json"];
        (await ToolRun.Of("convert", "--tokenizer", published, "--statistics", missing, "--output", _folder["it"]))
            .Fails(ExitCode.InvalidData, $"error: no such file: {missing}");
    }
}
