using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Tests.Normalization;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Decoding;

public sealed class DecodePolicyTests
{
    private static readonly ActionShape _shape = new(3, 2);
    private static readonly double[] _wide = [1, 2, 3, 4, 5, 6];
    private static readonly float[] _single = [1, 2, 3, 4, 5, 6];

    // Coefficients -2 to 2 are the ids 0 to 4, 5 is two zeros.
    private static readonly FastActionTokenizer _tokenizer = new(new FastTokenizerDefinition
    {
        Scale = 4,
        Alphabet = new IntegerAlphabet(-2, 2),
        Vocabulary = new BpeVocabulary(5, [new(2, 2, 5)]),
    });

    [Theory]
    [InlineData(DecodeStatus.Short, 3, 1, 4)]
    [InlineData(DecodeStatus.Short)]
    [InlineData(DecodeStatus.Long, 3, 5, 5, 5)]
    [InlineData(DecodeStatus.InvalidToken, 3, 99)]
    public void Hold_writes_the_fallback_where_the_tokens_are_not_one_chunk(DecodeStatus status, params int[] tokens)
    {
        var wide = new double[6];
        var single = new float[6];
        DecodeResult said = _tokenizer.TryDecode(tokens, _shape, new double[6]);

        Assert.Equal(said, _tokenizer.Decode(tokens, _shape, wide, DecodePolicy.Hold, _wide));
        Assert.Equal(said, _tokenizer.Decode(tokens, _shape, single, DecodePolicy.Hold, _single));

        Assert.Equal(status, said.Status);
        Assert.Equal(_wide, wide);
        Assert.Equal(_single, single);
    }

    [Fact]
    public void Hold_decodes_where_the_tokens_are_one_chunk()
    {
        int[] tokens = [3, 1, 5, 4, 2];
        double[] wide = new double[6], expected = new double[6];
        var single = new float[6];
        _tokenizer.TryDecode(tokens, _shape, expected);

        Assert.True(_tokenizer.Decode(tokens, _shape, wide, DecodePolicy.Hold, _wide).IsComplete);
        Assert.True(_tokenizer.Decode(tokens, _shape, single, DecodePolicy.Hold, _single).IsComplete);

        Assert.Equal(expected, wide);
        Assert.Equal(SampleTokenizers.ToSingle(expected), single);
    }

    [Fact]
    public void The_fallback_may_be_what_stands_in_the_actions()
    {
        double[] actions = [.. _wide];
        Assert.Equal(DecodeStatus.Short, _tokenizer.Decode([1], _shape, actions, DecodePolicy.Hold, actions).Status);
        Assert.Equal(_wide, actions);
    }

    [Fact]
    public void A_fallback_that_could_not_be_used_is_refused_even_where_it_is_not_needed()
    {
        double[] wide = [.. _wide];
        float[] single = [.. _single];
        (wide[3], single[5]) = (double.NegativeInfinity, float.NaN);
        foreach (int[] tokens in (int[][])[[1], [3, 1, 5, 4, 2]])
        {
            var actions = new double[6];
            Refusal.Says<ArgumentException>(
                "at step 1, dimension 1 is -Infinity", () => _tokenizer.Decode(tokens, _shape, actions, DecodePolicy.Hold, wide));
            Refusal.Says<ArgumentException>(
                "at step 2, dimension 1 is NaN", () => _tokenizer.Decode(tokens, _shape, new float[6], DecodePolicy.Hold, single));
            Refusal.Says<ArgumentException>(
                "has 5 values, a chunk of [3,2] has 6", () => _tokenizer.Decode(tokens, _shape, actions, DecodePolicy.Hold, _wide.AsSpan(1)));
            Refusal.Says<ArgumentException>("has 0 values", () => _tokenizer.Decode(tokens, _shape, actions, DecodePolicy.Hold));
            Refusal.Says<ArgumentException>("has 0 values", () => _tokenizer.Decode(tokens, _shape, new float[6], DecodePolicy.Hold));
            Assert.All(actions, value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void The_other_policies_do_as_without_a_fallback()
    {
        double[] actions = new double[6], expected = new double[6];
        foreach (var policy in (DecodePolicy[])[DecodePolicy.Strict, (DecodePolicy)9])
        {
            Assert.Throws<ActionDecodeException>(() => _tokenizer.Decode([1], _shape, actions, policy, _wide));
            Assert.Throws<ActionDecodeException>(() => _tokenizer.Decode([1], _shape, new float[6], policy, _single));
        }

        Assert.All(actions, value => Assert.Equal(0, value));
        _tokenizer.Decode([1], _shape, expected, DecodePolicy.Prefix);
        _tokenizer.Decode([1], _shape, actions, DecodePolicy.Prefix, []);
        Assert.Equal(expected, actions);
        Assert.NotEqual(0, actions[0]);
    }

    [Theory]
    [InlineData(1e100, 1e-6)]
    [InlineData(1e100, 10)]
    [InlineData(3e38, 10)]
    [InlineData(1, 1e-6)]
    public void Actions_are_finite_whatever_the_statistics_and_the_coefficients(double range, double scale)
    {
        FastTokenizerDefinition published = FastActionTokenizer.Load(TestData.Locate("tokenizers", "fast_plus")).Definition;
        foreach (int dimensions in (int[])[1, 3, 17])
        {
            double[] low = [.. Enumerable.Repeat(-range, dimensions)], high = [.. Enumerable.Repeat(range, dimensions)];
            var tokenizer = new FastActionTokenizer(published with { Scale = scale, Normalizer = new(new(q01: low, q99: high), new()) });

            // U+10FFFF is the largest coefficient there is, "\0" the smallest.
            int[] largest = [.. new int[] { 0xF4, 0x8F, 0xBF, 0xBF }.Select(value => published.Vocabulary.SymbolTokens[value])];
            var shape = new ActionShape(5, dimensions);
            int[] tokens = [.. Enumerable.Range(0, shape.Count).SelectMany(i => i % 3 == 2 ? [published.Vocabulary.SymbolTokens[0]] : largest)];
            var wide = new double[shape.Count];
            var single = new float[shape.Count];
            Assert.True(tokenizer.Decode(tokens, shape, wide, DecodePolicy.Strict).IsComplete);
            tokenizer.Decode(tokens, shape, single, DecodePolicy.Strict);
            Check();
            tokenizer.Decode(tokens.AsSpan(0, tokens.Length - 5), shape, wide, DecodePolicy.Prefix);
            tokenizer.Decode(tokens.AsSpan(0, tokens.Length - 5), shape, single, DecodePolicy.Prefix);
            Check();
            var decoder = new StreamingActionDecoder(tokenizer, shape);
            foreach (int token in tokens)
            {
                decoder.Push(token);
                decoder.Read(wide);
                decoder.Read(single);
                Check();
            }

            Assert.True(decoder.IsComplete);

            void Check()
            {
                for (int i = 0; i < wide.Length; i++)
                {
                    Assert.True(double.IsFinite(wide[i]), $"{wide[i]} at {i}");
                    Assert.Equal((float)Math.Clamp(wide[i], -float.MaxValue, float.MaxValue), single[i]);
                }
            }
        }
    }
}
