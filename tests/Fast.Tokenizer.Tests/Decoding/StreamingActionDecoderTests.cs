using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Tests.Normalization;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Decoding;

public sealed class StreamingActionDecoderTests
{
    public static TheoryData<string> Tokenizers =>
        ["integer", "integer by dimension", "integer normalised", "integer without merges", "fast_plus", "calvin_s50", "fast_plus by dimension"];

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Every_prefix_reads_as_the_inverse_of_the_coefficients_so_far(string name)
    {
        FastActionTokenizer tokenizer = Get(name);
        var slow = new SlowDecoder(tokenizer);
        var random = new Random(11);
        for (int round = 0; round < Rounds.Of(25); round++)
        {
            var shape = new ActionShape(round == 0 ? 1 : random.Next(1, 30), tokenizer.Definition.Normalizer?.Dimensions ?? random.Next(1, 6));
            int[] tokens = tokenizer.Encode(Motion(random, tokenizer, shape), shape);
            double[]? prior = round % 2 == 0 ? null : Motion(random, tokenizer, shape);
            var decoder = prior is null ? new StreamingActionDecoder(tokenizer, shape) : new StreamingActionDecoder(tokenizer, shape, prior);
            Follow(decoder, tokenizer, slow, tokens, prior);
        }
    }

    [Theory]
    [InlineData("fast_plus", "aloha_sim_insertion_human", 2)]
    [InlineData("fast_plus", "bridge", 20)]
    [InlineData("calvin_s50", "franka_delta_eef", 3)]
    [InlineData("libero_s10", "pusht", 20)]
    public void Real_chunks_read_at_every_prefix_as_their_coefficients_so_far(string name, string recording, int chunks)
    {
        FastActionTokenizer tokenizer = FastActionTokenizer.Load(TestData.Locate("tokenizers", name));
        Npz golden = Npz.Open(TestData.Locate("golden", name, recording + ".npz"));
        var shape = new ActionShape(golden["chunks"].Shape[1], golden["chunks"].Shape[2]);
        double[] values = golden["chunks"].Values;
        var decoder = new StreamingActionDecoder(tokenizer, shape);
        int complete = 0;
        for (int i = 0; i < chunks; i++)
        {
            int[] tokens = tokenizer.Encode(values.AsSpan(i * shape.Count, shape.Count), shape);
            complete += Follow(decoder, tokenizer, new SlowDecoder(tokenizer), tokens, null) ? 1 : 0;
            decoder.Reset();
        }

        Assert.True(complete > 0);
    }

    [Fact]
    public void A_long_horizon_reads_as_its_coefficients_too()
    {
        FastActionTokenizer tokenizer = Get("integer without merges");
        var random = new Random(5);
        foreach (int horizon in (int[])[48, 128, 331, 1000])
        {
            var shape = new ActionShape(horizon, 1);
            int[] tokens = tokenizer.Encode(SampleTokenizers.Motion(random, shape), shape);
            var decoder = new StreamingActionDecoder(tokenizer, shape);
            foreach (int token in tokens[..^1]) decoder.Push(token);

            SlowDecoder slow = new(tokenizer);
            SlowDecoder.Near(slow.Inverse(slow.Expand(tokens.AsSpan(0, tokens.Length - 1), shape.Count).Coefficients, shape), Read(decoder), $"T={horizon}");
        }
    }

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Refused_tokens_are_what_a_decode_of_all_says_and_leave_the_decoder_as_it_was(string name)
    {
        FastActionTokenizer tokenizer = Get(name);
        var slow = new SlowDecoder(tokenizer);
        var random = new Random(29);
        var seen = new HashSet<DecodeStatus>();
        for (int round = 0; round < Rounds.Of(300); round++)
        {
            var shape = new ActionShape(random.Next(1, 7), tokenizer.Definition.Normalizer?.Dimensions ?? random.Next(1, 4));
            var decoder = new StreamingActionDecoder(tokenizer, shape);
            var taken = new List<int>();
            for (int step = 0; step < 30; step++)
            {
                int token = random.Next(12) == 0 ? random.Next(2) == 0 ? -1 - random.Next(9) : tokenizer.VocabularySize + random.Next(9) : random.Next(tokenizer.VocabularySize);
                (int count, int coefficients, double[] before) = (decoder.Tokens, decoder.Coefficients, Read(decoder));

                DecodeResult result = decoder.Push(token);

                seen.Add(result.Status);
                (DecodeResult expected, int[] all) = slow.Expand([.. taken, token], shape.Count);
                if (result.Status is DecodeStatus.Short or DecodeStatus.Complete)
                {
                    taken.Add(token);
                    Assert.Equal((taken.Count, all.Length), (decoder.Tokens, decoder.Coefficients));
                    Assert.Equal(new(decoder.Status, all.Length, taken.Count), result);
                    Assert.Equal(all.Length == shape.Count, decoder.IsComplete);

                    // A token that ends within a character is not wrong, as more are to come.
                    if (expected.Status == DecodeStatus.IllFormedBytes) Assert.True(all.Length < shape.Count);
                    else Assert.Equal(expected, result);
                }
                else
                {
                    Assert.Equal(expected, result);
                    Assert.Equal(tokenizer.TryDecode([.. taken, token], shape, new double[shape.Count]), result);
                    Assert.Equal((count, coefficients), (decoder.Tokens, decoder.Coefficients));
                    Assert.Equal(before, Read(decoder));
                }
            }

            // After all the refusals the chunk is still the one of the tokens taken.
            var oneShot = new double[shape.Count];
            tokenizer.Decode(taken.ToArray(), shape, oneShot, DecodePolicy.Prefix);
            Assert.All(oneShot, value => Assert.True(double.IsFinite(value)));
            if (decoder.IsComplete) Assert.Equal(oneShot, Read(decoder));
            else SlowDecoder.Near(oneShot, Read(decoder), $"round {round}");
        }

        Assert.Contains(DecodeStatus.Complete, seen);
        Assert.Contains(DecodeStatus.Short, seen);
        Assert.Contains(DecodeStatus.InvalidToken, seen);
        Assert.Contains(tokenizer.Definition.Alphabet is ByteLevelAlphabet ? DecodeStatus.IllFormedBytes : DecodeStatus.Short, seen);
        if (name != "integer without merges") Assert.Contains(DecodeStatus.Long, seen);
    }

    [Fact]
    public void A_character_may_come_in_several_tokens()
    {
        FastActionTokenizer tokenizer = Get("fast_plus");
        var decoder = new StreamingActionDecoder(tokenizer, new(2, 1));
        DecodeResult Push(int value) => decoder.Push(tokenizer.Definition.Vocabulary.SymbolTokens[value]);

        // U+0162, which is coefficient 0, then U+10FFFF; a byte that cannot stand there does not disturb the rest.
        Assert.Equal(new(DecodeStatus.Short, 0, 1), Push(0xC5));
        Assert.Equal(new(DecodeStatus.Short, 1, 2), Push(0xA2));
        Assert.Equal(new(DecodeStatus.Short, 1, 3), Push(0xF4));
        Assert.Equal(new(DecodeStatus.IllFormedBytes, 1, 3), Push(0x90));
        Assert.Equal(new(DecodeStatus.Short, 1, 4), Push(0x8F));
        Assert.Equal([0, 0], Read(decoder));
        Assert.Equal(new(DecodeStatus.Short, 1, 5), Push(0xBF));
        Assert.Equal(new(DecodeStatus.IllFormedBytes, 1, 5), Push('a'));
        Assert.Equal(new(DecodeStatus.Complete, 2, 6), Push(0xBF));

        double size = (0x10FFFF - 354) / 10.0 * Math.Sqrt(0.5);
        SlowDecoder.Near([size, -size], Read(decoder), "two coefficients");
        Assert.Equal(new(DecodeStatus.Long, 3, 6), Push('a'));
        Assert.Equal(new(DecodeStatus.IllFormedBytes, 2, 6), Push(0xC5));
        Assert.True(decoder.IsComplete);
    }

    [Fact]
    public void A_prior_is_what_is_read_before_the_first_token_and_after_a_reset()
    {
        FastActionTokenizer tokenizer = Get("integer normalised");
        var random = new Random(3);
        var shape = new ActionShape(12, 4);
        double[] prior = Motion(random, tokenizer, shape), other = Motion(random, tokenizer, shape);
        int[] tokens = tokenizer.Encode(Motion(random, tokenizer, shape), shape);
        var decoder = new StreamingActionDecoder(tokenizer, shape, prior);
        SlowDecoder.Near(prior, Read(decoder), "at first");

        foreach (int token in tokens) decoder.Push(token);
        Assert.True(decoder.IsComplete);
        decoder.Reset();
        Assert.Equal((0, 0, DecodeStatus.Short), (decoder.Tokens, decoder.Coefficients, decoder.Status));
        SlowDecoder.Near(prior, Read(decoder), "after a reset");

        decoder.Push(tokens[0]);
        decoder.Reset(other);
        SlowDecoder.Near(other, Read(decoder), "with another prior");
        Follow(decoder, tokenizer, new SlowDecoder(tokenizer), tokens, other);

        float[] single = SampleTokenizers.ToSingle(prior);
        double[] widened = Array.ConvertAll(single, value => (double)value);
        Assert.Equal(
            Read(new StreamingActionDecoder(tokenizer, shape, widened)), Read(new StreamingActionDecoder(tokenizer, shape, single)));
        decoder.Reset(single);
        Assert.Equal(Read(new StreamingActionDecoder(tokenizer, shape, widened)), Read(decoder));
    }

    [Fact]
    public void Nothing_of_a_chunk_is_left_after_a_reset()
    {
        FastActionTokenizer tokenizer = Get("integer");
        var random = new Random(6);
        var shape = new ActionShape(9, 3);
        var decoder = new StreamingActionDecoder(tokenizer, shape);
        foreach (int taken in (int[])[1, 5, int.MaxValue])
        {
            int[] tokens = tokenizer.Encode(Motion(random, tokenizer, shape), shape);
            foreach (int token in tokens.Take(taken)) decoder.Push(token);
            Assert.Contains(Read(decoder), value => value != 0);

            decoder.Reset();

            Assert.Equal((0, 0, DecodeStatus.Short), (decoder.Tokens, decoder.Coefficients, decoder.Status));
            Assert.All(Read(decoder), value => Assert.Equal(0, value));
            Assert.True(Follow(decoder, tokenizer, new SlowDecoder(tokenizer), tokens, null));
            decoder.Reset();
        }
    }

    [Fact]
    public void A_refused_prior_leaves_the_decoder_as_it_was()
    {
        FastActionTokenizer tokenizer = Get("integer normalised");
        var random = new Random(4);
        var shape = new ActionShape(6, 4);
        double[] prior = Motion(random, tokenizer, shape), bad = [.. prior];
        bad[9] = double.NaN;
        int[] tokens = tokenizer.Encode(Motion(random, tokenizer, shape), shape);
        var decoder = new StreamingActionDecoder(tokenizer, shape, prior);
        decoder.Push(tokens[0]);
        double[] before = Read(decoder);

        Refusal.Says<ArgumentException>("step 2, dimension 1 is NaN", () => decoder.Reset(bad));
        Refusal.Says<ArgumentException>("23 values are not a chunk of [6,4]", () => decoder.Reset(prior.AsSpan(1)));

        Assert.Equal(1, decoder.Tokens);
        Assert.Equal(before, Read(decoder));
        foreach (int token in tokens[1..^1]) decoder.Push(token);
        var slow = new SlowDecoder(tokenizer);
        SlowDecoder.Near(slow.Inverse(slow.Expand(tokens.AsSpan(0, tokens.Length - 1), shape.Count).Coefficients, shape, prior), Read(decoder), "with the first prior");
    }

    [Fact]
    public void Shapes_and_lengths_that_do_not_fit_are_refused()
    {
        FastActionTokenizer tokenizer = Get("integer normalised");
        Refusal.Says<ArgumentException>("[0,0]", () => new StreamingActionDecoder(tokenizer, default));
        Refusal.Says<ArgumentException>("3 dimensions, the tokenizer's statistics 4", () => new StreamingActionDecoder(tokenizer, new(5, 3)));
        Refusal.Says<ArgumentException>("19 values", () => new StreamingActionDecoder(tokenizer, new(5, 4), new double[19]));
        Assert.Throws<ArgumentNullException>(() => new StreamingActionDecoder(null!, new(5, 4)));
        var decoder = new StreamingActionDecoder(tokenizer, new(5, 4));
        Refusal.Says<ArgumentException>("21 values", () => decoder.Read(new float[21]));
        Refusal.Says<ArgumentException>("0 values", () => decoder.Read(Array.Empty<double>()));
    }

    private static bool Follow(StreamingActionDecoder decoder, FastActionTokenizer tokenizer, SlowDecoder slow, int[] tokens, double[]? prior)
    {
        ActionShape shape = decoder.Shape;
        for (int i = 0; i < tokens.Length; i++)
        {
            decoder.Push(tokens[i]);
            int[] coefficients = slow.Expand(tokens.AsSpan(0, i + 1), shape.Count).Coefficients;
            Assert.Equal(coefficients.Length, decoder.Coefficients);
            double[] read = Read(decoder);
            SlowDecoder.Near(slow.Inverse(coefficients, shape, prior), read, $"{shape} after {i + 1} of {tokens.Length} tokens");
            var single = new float[shape.Count];
            decoder.Read(single);
            Assert.Equal(SampleTokenizers.ToSingle(read), single);
        }

        var wide = new double[shape.Count];
        DecodeResult result = tokenizer.TryDecode(tokens, shape, wide);
        Assert.Equal(result.Status, decoder.Status);
        if (result.IsComplete) Assert.Equal(wide.Select(BitConverter.DoubleToInt64Bits), Read(decoder).Select(BitConverter.DoubleToInt64Bits));
        return result.IsComplete;
    }

    private static double[] Read(StreamingActionDecoder decoder)
    {
        var actions = new double[decoder.Shape.Count];
        decoder.Read(actions);
        return actions;
    }

    private static double[] Motion(Random random, FastActionTokenizer tokenizer, ActionShape shape)
    {
        double[] actions = SampleTokenizers.Motion(random, shape);
        tokenizer.Definition.Normalizer?.Denormalize(actions, actions);
        return actions;
    }

    private static FastActionTokenizer Get(string name) => name switch
    {
        "integer" => SampleTokenizers.Tokenizer(),
        "integer by dimension" => SampleTokenizers.Tokenizer(order: CoefficientOrder.DimensionMajor),
        "integer normalised" => SampleTokenizers.Tokenizer(normalizer: new ActionNormalizer(SampleTokenizers.Statistics(4), new())),
        "integer without merges" => SampleTokenizers.Tokenizer(merges: 0),
        "fast_plus by dimension" => new(Get("fast_plus").Definition with { Order = CoefficientOrder.DimensionMajor }),
        _ => FastActionTokenizer.Load(TestData.Locate("tokenizers", name)),
    };
}
