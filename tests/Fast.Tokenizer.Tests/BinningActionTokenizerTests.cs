namespace Fast.Tokenizer.Tests;

public sealed class BinningActionTokenizerTests
{
    public static TheoryData<int> BinCounts => [2, 3, 7, 255, 256, 1000, 65535, 65536];

    [Theory]
    [MemberData(nameof(BinCounts))]
    public void Values_come_back_within_half_a_bin(int bins)
    {
        var random = new Random(bins);
        var tokenizer = new BinningActionTokenizer(bins);
        for (int round = 0; round < 50; round++)
        {
            var shape = new ActionShape(random.Next(1, 60), random.Next(1, 30));
            double[] actions = RandomValues(random, shape.Count);
            var tokens = new int[shape.Count];
            var decoded = new double[shape.Count];

            Assert.Equal(new EncodeResult(shape.Count, 0), tokenizer.Encode(actions, shape, tokens));
            Assert.Equal(new DecodeResult(DecodeStatus.Complete, shape.Count, shape.Count), tokenizer.TryDecode(tokens, shape, decoded));

            // The slack is the rounding of a value that lies on an edge between two bins.
            for (int i = 0; i < actions.Length; i++) Assert.InRange(Math.Abs(decoded[i] - actions[i]), 0, (1.0 / bins) + 1e-15);
        }
    }

    [Theory]
    [MemberData(nameof(BinCounts))]
    public void Every_id_decodes_to_a_value_that_encodes_to_it(int bins)
    {
        var tokenizer = new BinningActionTokenizer(bins);
        var shape = new ActionShape(bins, 1);
        int[] ids = [.. Enumerable.Range(0, bins)];
        var decoded = new double[bins];
        var decodedSingle = new float[bins];
        var again = new int[bins];

        Assert.True(tokenizer.TryDecode(ids, shape, decoded).IsComplete);
        Assert.Equal(new EncodeResult(bins, 0), tokenizer.Encode(decoded, shape, again));
        Assert.Equal(ids, again);

        Assert.True(tokenizer.TryDecode(ids, shape, decodedSingle).IsComplete);
        Assert.Equal(new EncodeResult(bins, 0), tokenizer.Encode(decodedSingle, shape, again));
        Assert.Equal(ids, again);
    }

    [Theory]
    [MemberData(nameof(BinCounts))]
    public void Bin_centres_are_symmetric_and_evenly_spaced(int bins)
    {
        var decoded = new double[bins];
        new BinningActionTokenizer(bins).TryDecode([.. Enumerable.Range(0, bins)], new(bins, 1), decoded);

        for (int i = 0; i < bins; i++)
        {
            Assert.Equal(-decoded[i], decoded[bins - 1 - i]);
            Assert.Equal(-1 + (((2.0 * i) + 1) / bins), decoded[i], 1e-15);
        }
    }

    [Theory]
    [MemberData(nameof(BinCounts))]
    public void The_ends_of_the_range_are_in_the_outer_bins_and_not_clipped(int bins)
    {
        double[] actions = [-1, 1, Math.BitIncrement(-1.0), Math.BitDecrement(1.0)];
        var tokens = new int[4];

        Assert.Equal(new EncodeResult(4, 0), new BinningActionTokenizer(bins).Encode(actions, new(2, 2), tokens));
        Assert.Equal([0, bins - 1, 0, bins - 1], tokens);
    }

    [Fact]
    public void A_value_on_an_edge_belongs_to_the_bin_above_it()
    {
        // With 256 bins every edge is an exact double.
        double[] edges = [.. Enumerable.Range(0, 256).Select(i => -1 + (i / 128.0))];
        var tokens = new int[256];

        new BinningActionTokenizer().Encode(edges, new(256, 1), tokens);

        Assert.Equal(Enumerable.Range(0, 256), tokens);
    }

    [Fact]
    public void Values_outside_are_moved_to_the_outer_bins_and_counted()
    {
        double[] actions = [1 + 2e-9, -1 - 2e-9, 1e300, -1e300, 0.5, double.MaxValue, -0.0, -7];
        var tokens = new int[8];

        EncodeResult result = new BinningActionTokenizer(4).Encode(actions, new(2, 4), tokens);

        Assert.Equal(new EncodeResult(8, 6), result);
        Assert.Equal([3, 0, 3, 0, 3, 3, 2, 0], tokens);
    }

    [Fact]
    public void A_rounding_outside_the_range_is_not_counted()
    {
        var tokens = new int[2];

        Assert.Equal(new EncodeResult(2, 0), new BinningActionTokenizer().Encode([1 + 1e-15, -1 - 1e-15], new(2, 1), tokens));
        Assert.Equal([255, 0], tokens);
    }

    [Fact]
    public void With_255_bins_it_agrees_with_OpenVLA()
    {
        // np.digitize over np.linspace(-1, 1, 256), and the centres between neighbouring edges.
        double[] edges = [.. Enumerable.Range(0, 256).Select(i => -1 + (i * (2.0 / 255)))];
        var random = new Random(7);
        double[] actions = RandomValues(random, 2000);
        var shape = new ActionShape(400, 5);
        var tokens = new int[2000];
        var decoded = new double[2000];
        var tokenizer = new BinningActionTokenizer(255);
        tokenizer.Encode(actions, shape, tokens);
        tokenizer.TryDecode(tokens, shape, decoded);

        for (int i = 0; i < actions.Length; i++)
        {
            int digitized = Math.Clamp(edges.Count(edge => edge <= actions[i]) - 1, 0, 254);
            if (Array.Exists(edges, edge => Math.Abs(edge - actions[i]) < 1e-12)) continue;

            Assert.Equal(digitized, tokens[i]);
            Assert.Equal((edges[digitized] + edges[digitized + 1]) / 2, decoded[i], 1e-15);
        }
    }

    [Fact]
    public void Tokens_stand_in_the_order_of_the_values()
    {
        var tokens = new int[6];

        new BinningActionTokenizer(8).Encode([-1, -0.75, -0.5, -0.25, 0.0, 0.25], new(2, 3), tokens);

        Assert.Equal([0, 1, 2, 3, 4, 5], tokens);
    }

    [Fact]
    public void Single_and_double_precision_agree()
    {
        var random = new Random(11);
        var tokenizer = new BinningActionTokenizer();
        for (int round = 0; round < 50; round++)
        {
            var shape = new ActionShape(random.Next(1, 60), random.Next(1, 30));
            float[] single = [.. RandomValues(random, shape.Count).Select(x => (float)(1.5 * x))];
            double[] wide = [.. single.Select(x => (double)x)];
            var tokensSingle = new int[shape.Count];
            var tokensWide = new int[shape.Count];

            Assert.Equal(tokenizer.Encode(wide, shape, tokensWide), tokenizer.Encode(single, shape, tokensSingle));
            Assert.Equal(tokensWide, tokensSingle);

            Assert.Equal(tokenizer.TryDecode(tokensWide, shape, wide), tokenizer.TryDecode(tokensWide, shape, single));
            Assert.Equal(wide.Select(x => (float)x), single);
        }
    }

    [Theory]
    [InlineData(new[] { 0, 255, 7, 8 }, DecodeStatus.Complete, 4, 4)]
    [InlineData(new int[0], DecodeStatus.Short, 0, 0)]
    [InlineData(new[] { 1, 2, 3 }, DecodeStatus.Short, 3, 3)]
    [InlineData(new[] { 1, 2, 3, 4, 5 }, DecodeStatus.Long, 5, 4)]
    [InlineData(new[] { 1, 2, 256, 4 }, DecodeStatus.InvalidToken, 2, 2)]
    [InlineData(new[] { -1, 2, 3, 4 }, DecodeStatus.InvalidToken, 0, 0)]
    [InlineData(new[] { 1, int.MinValue }, DecodeStatus.InvalidToken, 1, 1)]
    [InlineData(new[] { 1, 2, 3, int.MaxValue, -5 }, DecodeStatus.InvalidToken, 3, 3)]
    [InlineData(new[] { 1, 2, 3, 4, 256 }, DecodeStatus.InvalidToken, 4, 4)]
    [InlineData(new[] { 1, 2, 3, 4, 5, 256 }, DecodeStatus.Long, 5, 4)]
    public void A_decode_says_what_is_wrong_and_where(int[] tokens, DecodeStatus status, int values, int position)
    {
        var tokenizer = new BinningActionTokenizer();
        double[] actions = [42, 42, 42, 42];
        float[] single = [42, 42, 42, 42];

        Assert.Equal(new DecodeResult(status, values, position), tokenizer.TryDecode(tokens, new(2, 2), actions));
        Assert.Equal(new DecodeResult(status, values, position), tokenizer.TryDecode(tokens, new(2, 2), single));
        Assert.Equal(status != DecodeStatus.Complete, actions.All(x => x == 42));
        Assert.Equal(status != DecodeStatus.Complete, single.All(x => x == 42));
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void A_value_that_is_not_finite_is_named(double value, string text)
    {
        var tokenizer = new BinningActionTokenizer();
        var actions = new double[12];
        actions[7] = value;

        void Check(Action encode)
        {
            var error = Assert.Throws<ArgumentException>("actions", encode);
            Assert.Contains($"value {text} at step 2, dimension 1", error.Message, StringComparison.Ordinal);
        }

        Check(() => tokenizer.Encode(actions, new(4, 3), new int[12]));
        Check(() => tokenizer.Encode([.. actions.Select(x => (float)x)], new(4, 3), new int[12]));
    }

    [Fact]
    public void Wrong_lengths_are_refused()
    {
        var tokenizer = new BinningActionTokenizer();
        var shape = new ActionShape(2, 3);

        foreach (int length in new[] { 0, 5, 7 })
        {
            Assert.Throws<ArgumentException>("actions", () => tokenizer.Encode(new double[length], shape, new int[6]));
            Assert.Throws<ArgumentException>("actions", () => tokenizer.Encode(new float[length], shape, new int[6]));
            Assert.Throws<ArgumentException>("actions", () => tokenizer.TryDecode(new int[6], shape, new double[length]));
            Assert.Throws<ArgumentException>("actions", () => tokenizer.TryDecode(new int[6], shape, new float[length]));
        }

        var error = Assert.Throws<ArgumentException>("tokens", () => tokenizer.Encode(new double[6], shape, new int[5]));
        Assert.Contains("a chunk of [2,3] gives 6 tokens, but the buffer holds 5", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("tokens", () => tokenizer.Encode(new float[6], shape, new int[5]));
    }

    [Fact]
    public void A_larger_token_buffer_keeps_what_is_behind_the_tokens()
    {
        int[] tokens = [-9, -9, -9, -9];

        Assert.Equal(3, new BinningActionTokenizer(2).Encode([0.5, -0.5, 0.5], new(1, 3), tokens).Count);
        Assert.Equal([1, 0, 1, -9], tokens);
    }

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(1)]
    [InlineData(65537)]
    public void Bin_counts_outside_2_to_65536_are_refused(int bins) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(bins), () => new BinningActionTokenizer(bins));

    [Fact]
    public void The_vocabulary_is_the_bins_and_a_chunk_takes_a_token_per_value()
    {
        var tokenizer = new BinningActionTokenizer(100);

        Assert.Equal(100, tokenizer.VocabularySize);
        Assert.Equal(256, new BinningActionTokenizer().VocabularySize);
        Assert.Equal(700, tokenizer.MaxTokenCount(new(50, 14)));
    }

    [Fact]
    public void Neither_direction_allocates()
    {
        var tokenizer = new BinningActionTokenizer();
        var shape = new ActionShape(50, 14);
        double[] actions = RandomValues(new(3), shape.Count);
        float[] single = [.. actions.Select(x => (float)x)];
        var tokens = new int[shape.Count];

        void Run()
        {
            tokenizer.Encode(actions, shape, tokens);
            tokenizer.Encode(single, shape, tokens);
            tokenizer.TryDecode(tokens, shape, actions);
            tokenizer.TryDecode(tokens, shape, single);
            tokenizer.TryDecode(tokens.AsSpan(1), shape, single);
        }

        Assert.Equal(0, Allocated.By(Run));
    }

    private static double[] RandomValues(Random random, int count)
    {
        var values = new double[count];
        for (int i = 0; i < count; i++) values[i] = (2 * random.NextDouble()) - 1;
        return values;
    }
}
