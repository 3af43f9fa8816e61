using System.Text.Json;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Cli.Tests;

public sealed class InspectCommandTests(TrainedTokenizer trained)
{
    [Fact]
    public async Task Json_is_what_the_folder_holds()
    {
        string folder = await trained.FolderAsync();
        using JsonDocument document = JsonDocument.Parse((await ToolRun.Of("inspect", folder, "--json")).Succeeds().Output);
        JsonElement json = document.RootElement;
        FastTokenizerDefinition definition = FastActionTokenizer.Load(folder).Definition;
        BpeVocabulary vocabulary = definition.Vocabulary;
        int[] lengths = [.. Enumerable.Range(0, 300).Select(token => vocabulary.GetSymbols(token).Length).Order()];
        int Number(string name) => json.GetProperty(name).GetInt32();

        Assert.Equal((300, definition.Alphabet.SymbolCount), (Number("vocabulary_size"), Number("alphabet_size")));
        Assert.Equal(
            (definition.Alphabet.MinCoefficient, definition.Alphabet.MaxCoefficient),
            (Number("min_coefficient"), Number("max_coefficient")));
        Assert.Equal(
            (lengths[0], lengths[149], lengths[299]),
            (Number("min_token_length"), Number("median_token_length"), Number("max_token_length")));
        Assert.Equal(("frequency", "integer", "q01q99"), (Text("order"), Text("alphabet"), Text("normalization")));
        string? Text(string name) => json.GetProperty(name).GetString();

        ActionNormalizer normalizer = definition.Normalizer!;
        JsonElement[] dimensions = [.. json.GetProperty("dimensions").EnumerateArray()];
        Assert.Equal(["dx", "dy", "dz", "drx", "dry", "drz", "gripper"], dimensions.Select(row => row.GetProperty("name").GetString()));
        Assert.Equal(normalizer.Center.ToArray(), dimensions.Select(row => row.GetProperty("center").GetDouble()));
        Assert.Equal(normalizer.HalfRange.ToArray(), dimensions.Select(row => row.GetProperty("half_range").GetDouble()));

        Assert.All(dimensions, row => Assert.Equal(1, row.GetProperty("weight").GetDouble()));

        Assert.Equal(20, json.GetProperty("actions").GetProperty("horizon").GetInt32());
        Assert.Equal(3386, json.GetProperty("training").GetProperty("windows").GetInt64());
        JsonElement longest = json.GetProperty("longest_tokens")[0];
        Assert.Equal(lengths[299], longest.GetProperty("length").GetInt32());
        int[] symbols = vocabulary.GetSymbols(longest.GetProperty("id").GetInt32()).ToArray();
        Assert.Equal(
            symbols.Select(symbol => symbol + definition.Alphabet.MinCoefficient),
            longest.GetProperty("symbols").EnumerateArray().Select(symbol => symbol.GetInt32()));
    }

    [Fact]
    public async Task Tables_show_the_same()
    {
        string output = (await ToolRun.Of("inspect", await trained.FolderAsync())).Succeeds().Output;
        foreach (string text in (string[])["300 tokens", "integer", "20 steps, 1 s", "20 Hz", "q01q99", "gripper", "3386 chunks", "0 x"])
            Assert.Contains(text, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Published_tokenizer_can_be_inspected()
    {
        ToolRun run = await ToolRun.Of("inspect", TestData.Locate("tokenizers", "fast_plus"), "--json");
        using JsonDocument json = JsonDocument.Parse(run.Succeeds().Output);
        Assert.Equal("byte-level", json.RootElement.GetProperty("alphabet").GetString());
        Assert.Equal(2048, json.RootElement.GetProperty("vocabulary_size").GetInt32());
        Assert.Equal(-354, json.RootElement.GetProperty("min_coefficient").GetInt32());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("normalization").ValueKind);
    }
}
