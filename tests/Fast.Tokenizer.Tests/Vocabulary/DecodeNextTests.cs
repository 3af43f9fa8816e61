using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Vocabulary;

/// <summary>Decoding token by token against decoding all at once.</summary>
public sealed class DecodeNextTests
{
    [Fact]
    public void Integers_one_token_at_a_time_are_those_of_all_tokens_at_once()
    {
        var alphabet = new IntegerAlphabet(-1, 1);
        var vocabulary = new BpeVocabulary(3, [new(1, 1, 3), new(3, 3, 4), new(0, 2, 5)]);
        Check(new IntegerTokenCodec(alphabet, vocabulary), vocabulary.Count);
    }

    [Fact]
    public void Characters_one_token_at_a_time_are_those_of_all_tokens_at_once()
    {
        // Two whole characters, parts of one of three bytes, and a token that ends one and begins another.
        string[] texts = [.. new[] { "a", "aa", "\u00E2", "\u00E2\u0082", "\u0082", "\u00AC", "\u00AC\u00E2", "\u00F0" }.Select(Spell)];
        Check(new ByteLevelTokenCodec(new(-40, splitsWords: false, texts), ByteLevelVocabulary.Create(texts, [])), texts.Length);

        static string Spell(string bytes) => string.Concat(bytes.Select(value => ByteLevelVocabulary.Character(value)));
    }

    private static void Check(TokenCodec codec, int size)
    {
        var seen = new HashSet<DecodeStatus>();
        for (int seed = 0; seed < 1500; seed++)
        {
            var random = new Random(seed);
            int length = random.Next(7);
            int[] coefficients = [.. Enumerable.Repeat(99, length)], all = new int[length];
            DecodeProgress progress = default;
            var taken = new List<int>();
            for (int i = 0; i < 8; i++)
            {
                int token = random.Next(12) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(-1, size + 1);
                DecodeProgress before = progress;
                DecodeResult result = codec.DecodeNext(token, coefficients, ref progress);
                DecodeResult expected = codec.Decode([.. taken, token], all);
                seen.Add(result.Status);
                if (result.Status is DecodeStatus.Complete or DecodeStatus.Short)
                {
                    taken.Add(token);
                    Assert.Equal((taken.Count, result.Coefficients), (progress.Tokens, progress.Coefficients));
                    Assert.Equal(taken.Count, result.Position);
                    Assert.Equal(all[..result.Coefficients], coefficients[..result.Coefficients]);

                    // A sequence that ends within a character is ill-formed as a whole; token by token the rest may follow.
                    if (progress.Character.IsAtBoundary) Assert.Equal(expected, result);
                    else Assert.Equal((DecodeStatus.Short, DecodeStatus.IllFormedBytes), (result.Status, expected.Status));
                }
                else
                {
                    Assert.Equal(before, progress);
                    Assert.Equal(taken.Count, result.Position);
                    if (progress.Character.IsAtBoundary && result.Status != DecodeStatus.IllFormedBytes) Assert.Equal(expected, result);
                    else Assert.NotEqual(DecodeStatus.Complete, expected.Status);
                }
            }
        }

        DecodeStatus[] everywhere = [DecodeStatus.Complete, DecodeStatus.Short, DecodeStatus.Long, DecodeStatus.InvalidToken];
        Assert.All(everywhere, status => Assert.Contains(status, seen));
    }
}
