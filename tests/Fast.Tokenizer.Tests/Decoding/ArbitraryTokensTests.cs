namespace Fast.Tokenizer.Tests.Decoding;

public sealed class ArbitraryTokensTests
{
    [Theory]
    [InlineData("fast_plus")]
    [InlineData("calvin_s50")]
    [InlineData("libero_s10")]
    public void A_hundred_thousand_sequences_get_the_status_of_a_strict_decoder_and_never_an_exception(string name)
    {
        FastActionTokenizer tokenizer = FastActionTokenizer.Load(TestData.Locate("tokenizers", name));
        var slow = new SlowDecoder(tokenizer);
        var random = new Random(100);
        var shape = new ActionShape(3, 2);
        var seen = new Dictionary<DecodeStatus, int>();
        var actions = new double[shape.Count];
        int[] few = [.. Enumerable.Range(0, tokenizer.VocabularySize).Where(token => tokenizer.Definition.Vocabulary.GetSymbols(token).Length <= 4)];
        for (int round = 0; round < Rounds.Of(100_000); round++)
        {
            // Half of the sequences are of short tokens, which may well make exactly one chunk.
            var tokens = new int[random.Next(9)];
            for (int i = 0; i < tokens.Length; i++)
                tokens[i] = round % 2 == 0 ? random.Next(tokenizer.VocabularySize) : few[random.Next(few.Length)];
            if (tokens.Length > 0 && random.Next(10) == 0)
                tokens[random.Next(tokens.Length)] = random.Next(2) == 0 ? random.Next(int.MinValue, 0) : random.Next(tokenizer.VocabularySize, int.MaxValue);
            actions.AsSpan().Fill(-77);

            DecodeResult result = tokenizer.TryDecode(tokens, shape, actions);

            (DecodeResult expected, int[] coefficients) = slow.Expand(tokens, shape.Count);
            if (expected != result) Assert.Fail($"round {round}, [{string.Join(", ", tokens)}]: {result} instead of {expected}");
            seen[result.Status] = seen.GetValueOrDefault(result.Status) + 1;
            if (result.IsComplete) SlowDecoder.Near(slow.Inverse(coefficients, shape), actions, $"round {round}");
            else Assert.Equal(-1, actions.AsSpan().IndexOfAnyExcept(-77));
        }

        Assert.All(Enum.GetValues<DecodeStatus>(), status => Assert.True(seen.GetValueOrDefault(status) > Rounds.Of(100), $"{status}: {seen.GetValueOrDefault(status)}"));
    }
}
