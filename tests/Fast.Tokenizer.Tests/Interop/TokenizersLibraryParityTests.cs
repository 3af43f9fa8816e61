using System.Text.Json;
using Fast.Tokenizer.Tests.Vocabulary;
using Fast.Tokenizer.Vocabulary;
using Microsoft.ML.Tokenizers;

namespace Fast.Tokenizer.Tests.Interop;

/// <summary>The published vocabularies in Microsoft.ML.Tokenizers, in the same process.</summary>
/// <remarks>
/// Rows hold no character above U+FFFF: the library's expression runs on UTF-16, where such a character is never a letter or a digit.
/// The Hugging Face engine, asked about such rows, agrees with Fast.Tokenizer. All three pass over bytes that a vocabulary lacks.
/// </remarks>
public sealed class TokenizersLibraryParityTests
{
    private const int Rows = 10_000;

    [Theory]
    [InlineData("fast_plus")]
    [InlineData("calvin_s50")]
    [InlineData("libero_s10")]
    public void Random_rows_give_the_same_ids(string name)
    {
        FastTokenizerDefinition definition = FastActionTokenizer.Load(TestData.Locate("tokenizers", name)).Definition;
        TokenCodec codec = definition.Alphabet.CreateCodec(definition.Vocabulary);
        BpeTokenizer library = Library(TestData.Locate("tokenizers", name, "tokenizer.json"));
        int min = definition.Alphabet.MinCoefficient, lacking = 0;
        var tokens = new int[320];
        for (int seed = 0; seed < Rows; seed++)
        {
            int[] row = CoefficientRows.Next(new Random(seed), -min, astral: false);
            EncodeResult result = codec.Encode([.. row.Select(value => value + min)], tokens);
            string text = string.Concat(row.Select(value => (char)value));
            IReadOnlyList<int> expected = library.EncodeToIds(text, considerNormalization: false);
            if (!expected.SequenceEqual(tokens.Take(result.Count))) Assert.Equal(expected, tokens[..result.Count]);
            lacking += result.Clipped > 0 ? 1 : 0;
        }

        Assert.Equal(name == "libero_s10", lacking > Rows / 10);
    }

    /// <summary>A folder whose vocabulary was pruned: canonical ids are what an engine makes of the file.</summary>
    [Fact]
    public void A_pruned_vocabulary_gives_the_same_ids_and_decodes_alike()
    {
        using var folder = new TemporaryFolder();
        FastTokenizerDefinition whole = SampleTokenizers.Definition(min: -60, max: 60, merges: 400);
        var random = new Random(4);
        int symbols = whole.Vocabulary.SymbolCount;
        int[] kept = [.. Enumerable.Range(symbols, whole.Vocabulary.Count - symbols).Where(_ => random.Next(3) > 0)];
        var tokenizer = new FastActionTokenizer(whole with { Vocabulary = whole.Vocabulary.Keep(kept) });
        tokenizer.Save(folder["t"]);
        BpeTokenizer library = IntegerLibrary(folder["t", "tokenizer.json"]);

        var shape = new ActionShape(30, 4);
        int chosen = 0, canonical = 0;
        for (int i = 0; i < 400; i++)
        {
            double[] actions = SampleTokenizers.Motion(random, shape);
            int[] tokens = tokenizer.Encode(actions, shape), shortest = new int[shape.Count];
            int count = tokenizer.Encode(actions, shape, shortest, new EncodeOptions { Mode = EncodeMode.Shortest }).Count;
            string text = library.Decode(tokens)!;
            Assert.Equal(tokens, library.EncodeToIds(text, considerNormalization: false));
            Assert.Equal(text, library.Decode(shortest[..count]));
            (chosen, canonical) = (chosen + count, canonical + tokens.Length);
        }

        Assert.True(chosen < canonical);
    }

    private static BpeTokenizer IntegerLibrary(string path)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(path));
        JsonElement model = file.RootElement.GetProperty("model");
        JsonElement.ObjectEnumerator vocabulary = model.GetProperty("vocab").EnumerateObject();
        return BpeTokenizer.Create(new BpeOptions(vocabulary.Select(token => KeyValuePair.Create(token.Name, token.Value.GetInt32())))
        {
            Merges = model.GetProperty("merges").EnumerateArray().Select(Merge),
        });
    }

    private static BpeTokenizer Library(string path)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(path));
        JsonElement model = file.RootElement.GetProperty("model");
        JsonElement.ObjectEnumerator vocabulary = model.GetProperty("vocab").EnumerateObject();
        return BpeTokenizer.Create(new BpeOptions(vocabulary.Select(token => KeyValuePair.Create(token.Name, token.Value.GetInt32())))
        {
            ByteLevel = true,
            PreTokenizer = new RegexPreTokenizer(NaiveByteLevel.Words(), specialTokens: null),
            Merges = model.GetProperty("merges").EnumerateArray().Select(Merge),
        });
    }

    private static string Merge(JsonElement merge) =>
        merge.ValueKind == JsonValueKind.String ? merge.GetString()! : $"{merge[0].GetString()} {merge[1].GetString()}";
}
