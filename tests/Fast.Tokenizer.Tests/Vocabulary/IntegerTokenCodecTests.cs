using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Vocabulary;

public sealed class IntegerTokenCodecTests
{
    // Coefficients -1, 0, 1 are tokens 0, 1, 2; token 3 is [0 0], 4 is [0 0 0 0], 5 is [-1 1].
    private static readonly IntegerTokenCodec _codec = new(new(-1, 1), new(3, [new(1, 1, 3), new(3, 3, 4), new(0, 2, 5)]));

    [Fact]
    public void Coefficients_within_the_alphabet_are_encoded_as_they_are()
    {
        var tokens = new int[7];

        Assert.Equal(new EncodeResult(3, 0), _codec.Encode([0, 0, 0, 0, -1, 1, 1], tokens));
        Assert.Equal([4, 5, 2], tokens[..3]);
    }

    [Fact]
    public void Coefficients_outside_the_alphabet_are_clamped_and_counted()
    {
        var tokens = new int[6];

        Assert.Equal(new EncodeResult(4, 4), _codec.Encode([-2, 2, int.MinValue, int.MaxValue, 1, -1], tokens));
        Assert.Equal([5, 5, 2, 0], tokens[..4]);
    }

    [Fact]
    public void Nothing_encodes_to_nothing() => Assert.Equal(new EncodeResult(0, 0), _codec.Encode([], []));

    [Fact]
    public void A_buffer_that_holds_the_result_is_enough()
    {
        Assert.Equal(new EncodeResult(1, 0), _codec.Encode([0, 0, 0, 0], new int[1]));
        Assert.Throws<ArgumentException>("tokens", () => _codec.Encode([0, 0, 0, 0, 0], new int[1]));
    }

    [Theory]
    [InlineData(new[] { 4, 5 }, DecodeStatus.Complete, 6, 2, new[] { 0, 0, 0, 0, -1, 1 })]
    [InlineData(new[] { 0, 2, 1, 1, 1, 1 }, DecodeStatus.Complete, 6, 6, new[] { -1, 1, 0, 0, 0, 0 })]
    [InlineData(new int[0], DecodeStatus.Short, 0, 0, new int[0])]
    [InlineData(new[] { 5, 3 }, DecodeStatus.Short, 4, 2, new[] { -1, 1, 0, 0 })]
    [InlineData(new[] { 5, 3, 0, 2, 2 }, DecodeStatus.Long, 7, 4, new[] { -1, 1, 0, 0, -1, 1 })]
    [InlineData(new[] { 5, 3, 0, 4 }, DecodeStatus.Long, 9, 3, new[] { -1, 1, 0, 0, -1, 0 })]
    [InlineData(new[] { 5, 3, 0, 4, 3, 1 }, DecodeStatus.Long, 12, 3, new[] { -1, 1, 0, 0, -1, 0 })]
    [InlineData(new[] { 6 }, DecodeStatus.InvalidToken, 0, 0, new int[0])]
    [InlineData(new[] { 5, 3, -1, 4 }, DecodeStatus.InvalidToken, 4, 2, new[] { -1, 1, 0, 0 })]
    [InlineData(new[] { 4, 5, int.MaxValue }, DecodeStatus.InvalidToken, 6, 2, new[] { 0, 0, 0, 0, -1, 1 })]
    [InlineData(new[] { 4, 4, 3, int.MinValue, 3 }, DecodeStatus.InvalidToken, 10, 3, new[] { 0, 0, 0, 0, 0, 0 })]
    public void A_decode_says_what_it_found_and_where(int[] tokens, DecodeStatus status, int coefficients, int position, int[] written)
    {
        int[] buffer = [.. Enumerable.Repeat(99, 6)];

        Assert.Equal(new DecodeResult(status, coefficients, position), _codec.Decode(tokens, buffer));
        Assert.Equal([.. written, .. Enumerable.Repeat(99, 6 - written.Length)], buffer);
    }

    [Fact]
    public void A_chunk_of_nothing_is_complete_without_tokens_and_long_with_any()
    {
        Assert.Equal(new DecodeResult(DecodeStatus.Complete, 0, 0), _codec.Decode([], []));
        Assert.Equal(new DecodeResult(DecodeStatus.Long, 4, 0), _codec.Decode([4], []));
    }

    [Fact]
    public void Random_coefficients_come_back_as_they_were_clamped()
    {
        for (int seed = 0; seed < Rounds.Of(1000); seed++)
        {
            var random = new Random(seed);
            int min = -random.Next(4), max = random.Next(4);
            var codec = new IntegerTokenCodec(new(min, max), Vocabularies.Next(random, max - min + 1));
            int[] coefficients = [.. Enumerable.Range(0, random.Next(60)).Select(_ => random.Next(-5, 6))];
            int[] clamped = [.. coefficients.Select(value => Math.Clamp(value, min, max))];
            int[] tokens = new int[coefficients.Length], back = new int[coefficients.Length];

            EncodeResult encoded = codec.Encode(coefficients, tokens);
            Assert.Equal(coefficients.Zip(clamped).Count(pair => pair.First != pair.Second), encoded.Clipped);
            DecodeResult decoded = codec.Decode(tokens.AsSpan(0, encoded.Count), back);
            Assert.Equal(new(DecodeStatus.Complete, coefficients.Length, encoded.Count), decoded);
            Assert.Equal(clamped, back);
        }
    }

    [Fact]
    public void Any_ids_decode_or_are_named()
    {
        var seen = new HashSet<DecodeStatus>();
        for (int seed = 0; seed < Rounds.Of(20_000); seed++)
        {
            var random = new Random(seed);
            int[] tokens = [.. Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(6))];
            if (tokens.Length > 0 && random.Next(6) == 0) tokens[random.Next(tokens.Length)] = random.Next(int.MinValue, int.MaxValue);
            int[] buffer = [.. Enumerable.Repeat(99, random.Next(12))];
            int[] ids = [.. tokens.TakeWhile(token => token is >= 0 and < 6)];
            int[][] expansions = [[-1], [0], [1], [0, 0], [0, 0, 0, 0], [-1, 1]];
            int[] all = [.. ids.SelectMany(token => expansions[token])];

            DecodeResult result = _codec.Decode(tokens, buffer);

            DecodeStatus expected = ids.Length < tokens.Length ? DecodeStatus.InvalidToken
                : all.Length > buffer.Length ? DecodeStatus.Long
                : all.Length < buffer.Length ? DecodeStatus.Short
                : DecodeStatus.Complete;
            Assert.Equal(expected, result.Status);
            Assert.Equal(all.Length, result.Coefficients);
            if (expected != DecodeStatus.Long) Assert.Equal(ids.Length, result.Position);
            int written = Math.Min(all.Length, buffer.Length);
            Assert.Equal(all[..written], buffer[..written]);
            Assert.All(buffer[written..], value => Assert.Equal(99, value));
            seen.Add(result.Status);
        }

        Assert.Equal(4, seen.Count);
    }

    [Fact]
    public void A_vocabulary_over_another_alphabet_is_refused()
    {
        var problem = Assert.Throws<ArgumentException>("vocabulary", () => new IntegerTokenCodec(new(-1, 1), new(4, [])));

        Assert.StartsWith("the vocabulary is over 4 symbols, the alphabet has 3", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encoding_and_decoding_allocate_nothing()
    {
        int[] coefficients = [.. Enumerable.Range(0, 700).Select(i => i % 5 - 2)], tokens = new int[700];
        EncodeResult encoded = default;
        Assert.Equal(0, Allocated.By(() => encoded = Round()));
        Assert.True(encoded.Clipped > 0);

        EncodeResult Round()
        {
            EncodeResult result = _codec.Encode(coefficients, tokens);
            _codec.Decode(tokens.AsSpan(0, result.Count), coefficients.AsSpan(0, 700));
            for (int i = 0; i < 700; i++) coefficients[i] = i % 5 - 2;
            return result;
        }
    }
}
