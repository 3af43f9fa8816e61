using System.Text.Json;
using Fast.Tokenizer.Tests.Vocabulary;
using Fast.Tokenizer.Vocabulary;
using Microsoft.ML.Tokenizers;

namespace Fast.Tokenizer.Tests.Interop;

/// <summary>The published vocabularies in Microsoft.ML.Tokenizers, in the same process.</summary>
/// <remarks>
/// Two restrictions, each after asking the Hugging Face engine, which agrees with this library on all rows. Its expression runs on UTF-16, where a
/// character above U+FFFF is no letter or digit; and it has no way to pass over a byte that the vocabulary lacks.
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
        int min = definition.Alphabet.MinCoefficient, compared = 0;
        var tokens = new int[320];
        for (int seed = 0; compared < Rows; seed++)
        {
            int[] row = CoefficientRows.Next(new Random(seed), -min, astral: false);
            if (codec.Encode([.. row.Select(value => value + min)], tokens) is { Clipped: > 0 })
            {
                // Keep what the vocabulary has bytes for.
                row = [.. row.Where(value => codec.Encode([value + min], tokens).Clipped == 0)];
            }

            EncodeResult result = codec.Encode([.. row.Select(value => value + min)], tokens);
            string text = string.Concat(row.Select(value => (char)value));
            if (!library.EncodeToIds(text, considerNormalization: false).SequenceEqual(tokens.Take(result.Count)))
                Assert.Equal([.. library.EncodeToIds(text, considerNormalization: false)], tokens[..result.Count]);
            compared++;
        }
    }

    private static BpeTokenizer Library(string path)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(path));
        JsonElement model = file.RootElement.GetProperty("model");
        return BpeTokenizer.Create(new BpeOptions(model.GetProperty("vocab").EnumerateObject().Select(token => KeyValuePair.Create(token.Name, token.Value.GetInt32())))
        {
            ByteLevel = true,
            PreTokenizer = new RegexPreTokenizer(NaiveByteLevel.Words(), specialTokens: null),
            Merges = model.GetProperty("merges").EnumerateArray().Select(merge => merge.ValueKind == JsonValueKind.String ? merge.GetString()! : $"{merge[0].GetString()} {merge[1].GetString()}"),
        });
    }
}
