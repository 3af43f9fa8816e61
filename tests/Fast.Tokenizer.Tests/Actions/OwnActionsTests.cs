using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Tests.Normalization;

namespace Fast.Tokenizer.Tests.Actions;

/// <summary>The tokenizer given and giving the robot's own actions.</summary>
public sealed class OwnActionsTests
{
    /// <summary>A space with every kind of dimension, drawn at random; at least one is encoded.</summary>
    internal static ActionSpace RandomSpace(Random random, int dimensions)
    {
        ActionDimension One(int d) => random.Next(8) switch
        {
            0 when d > 0 => new() { Encoded = false, Fill = random.Next(2) == 0 ? null : d },
            1 => new() { Reference = ActionReference.State },
            2 => new() { Reference = ActionReference.Previous, StateIndex = random.Next(dimensions) },
            3 => new() { Period = 2 * Math.PI },
            4 => new() { Period = 360, PeriodStart = 0, Reference = (ActionReference)random.Next(3) },
            5 => new() { Binary = new(-1, 1) { Threshold = 0.2 } },
            _ => new(),
        };
        return new([.. Enumerable.Range(0, dimensions).Select(One)]);
    }

    [Theory]
    [InlineData(CoefficientOrder.FrequencyMajor)]
    [InlineData(CoefficientOrder.DimensionMajor)]
    public void A_chunk_comes_back_within_the_bound_of_the_quantiser(CoefficientOrder order)
    {
        var random = new Random(23);
        for (int round = 0; round < 150; round++)
        {
            var shape = new ActionShape(random.Next(1, 40), random.Next(1, 9));
            ActionSpace space = RandomSpace(random, shape.Dimensions);
            FastActionTokenizer tokenizer = new(SampleTokenizers.Definition(scale: 200, min: -10000, max: 10000, merges: 0, order: order) with
            {
                ActionSpace = space,
                Normalizer = Wide(space),
            });
            double[] actions = Actions(random, shape, space), state = [.. Enumerable.Range(0, shape.Dimensions).Select(_ => random.NextDouble() * 8)];
            bool[] masked = random.Next(3) == 0 ? [.. Enumerable.Range(0, shape.Dimensions).Select(_ => random.Next(4) == 0)] : [];
            var context = new ActionContext(state) { Masked = masked };
            var tokens = new int[tokenizer.MaxTokenCount(shape)];
            int count = tokenizer.Encode(actions, shape, tokens, context).Count;

            double[] decoded = [.. Enumerable.Repeat(-77.0, shape.Count)];
            Assert.True(tokenizer.TryDecode(tokens.AsSpan(0, count), shape, decoded, context).IsComplete);
            for (int d = 0; d < shape.Dimensions; d++)
            {
                ActionDimension dimension = space.Dimensions[d];
                double squares = 0;
                for (int t = 0; t < shape.Horizon; t++)
                {
                    double value = decoded[(t * shape.Dimensions) + d], recorded = actions[(t * shape.Dimensions) + d];
                    if (!dimension.Encoded || (masked.Length > 0 && masked[d])) Assert.Equal(dimension.Fill ?? -77, value);
                    else if (dimension.Binary is { } binary) Assert.Equal(binary.Snap(recorded), value);
                    else squares += Math.Pow(space.Difference(d, value, recorded), 2);
                    if (dimension.Period is { } period && dimension.Encoded && !(masked.Length > 0 && masked[d]))
                        Assert.InRange(value - (dimension.PeriodStart ?? -period / 2), 0, period);
                }

                // A difference is half a step of the quantiser off at most, and T of them add up where each is relative to the one before.
                double bound = 0.5 / 200 * 300 * (1 + 1e-9);
                if (dimension.Reference == ActionReference.Previous) bound *= shape.Horizon;
                Assert.InRange(Math.Sqrt(squares / shape.Horizon), 0, bound);
            }
        }
    }

    [Fact]
    public void Float_and_double_give_the_same_tokens_and_chunks()
    {
        var random = new Random(5);
        for (int round = 0; round < 50; round++)
        {
            var shape = new ActionShape(random.Next(1, 30), random.Next(1, 7));
            ActionSpace space = RandomSpace(random, shape.Dimensions);
            FastActionTokenizer tokenizer = new(SampleTokenizers.Definition(min: -2000, max: 2000) with { ActionSpace = space });
            float[] actions = SampleTokenizers.ToSingle(SampleTokenizers.Motion(random, shape));
            float[] state = [.. Enumerable.Range(0, shape.Dimensions).Select(_ => random.NextSingle())];
            double[] wide = Array.ConvertAll(actions, value => (double)value), wideState = Array.ConvertAll(state, value => (double)value);
            int[] tokens = new int[tokenizer.MaxTokenCount(shape)], other = new int[tokens.Length];
            int count = tokenizer.Encode(actions, shape, tokens, new ActionContext(state)).Count;
            Assert.Equal(count, tokenizer.Encode(wide, shape, other, new ActionContext(wideState)).Count);
            Assert.Equal(tokens, other);

            var single = new float[shape.Count];
            var decoded = new double[shape.Count];
            Assert.True(tokenizer.TryDecode(tokens.AsSpan(0, count), shape, single, new(wideState)).IsComplete);
            Assert.True(tokenizer.TryDecode(tokens.AsSpan(0, count), shape, decoded, new(state)).IsComplete);
            Assert.Equal(SampleTokenizers.ToSingle(decoded), single);
        }
    }

    [Fact]
    public void A_space_of_plain_dimensions_and_none_at_all_give_the_same_tokens()
    {
        var shape = new ActionShape(20, 5);
        FastTokenizerDefinition plain = SampleTokenizers.Definition(normalizer: new(SampleTokenizers.Statistics(5), new() { Clip = true }));
        double[] actions = SampleTokenizers.Motion(new(3), shape);
        int[] ids = new FastActionTokenizer(plain).Encode(actions, shape);
        FastActionTokenizer spaced = new(plain with { ActionSpace = new([.. Enumerable.Repeat(new ActionDimension(), 5)]) });
        Assert.Equal(ids, spaced.Encode(actions, shape));
        Assert.Equal(new FastActionTokenizer(plain).Decode(ids, shape), spaced.Decode(ids, shape));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_bound_holds_on_the_robots_own_actions(bool largest)
    {
        var random = new Random(31);
        for (int round = 0; round < 25; round++)
        {
            var shape = new ActionShape(random.Next(2, 20), random.Next(1, 6));
            ActionSpace space = RandomSpace(random, shape.Dimensions);
            FastActionTokenizer tokenizer = new(SampleTokenizers.Definition(scale: 300, min: -10000, max: 10000, merges: 0) with
            {
                ActionSpace = space,
                Normalizer = Wide(space),
            });
            double[] bounds = [.. space.Dimensions.Select(dimension => dimension.Reference == ActionReference.Previous ? 30.0 : 3)];
            EncodeMode mode = largest ? EncodeMode.MaxError(bounds) : EncodeMode.MaxRmse(bounds);
            double[] actions = Actions(random, shape, space), state = [.. actions.Take(shape.Dimensions).Select(v => double.IsNaN(v) ? 0 : v)];
            for (int i = 0; i < actions.Length; i++)
                if (space.Dimensions[i % shape.Dimensions].Binary is { } binary) actions[i] = binary.Snap(actions[i]);
            bool[] masked = round % 3 == 0 ? [.. Enumerable.Range(0, shape.Dimensions).Select(d => d % 2 == 1)] : [];
            var tokens = new int[tokenizer.MaxTokenCount(shape)];
            var context = new ActionContext(state) { Masked = masked };
            int count = tokenizer.Encode(actions, shape, tokens, context, new() { Mode = mode }).Count;

            var decoded = new float[shape.Count];
            tokenizer.Decode(tokens.AsSpan(0, count), shape, decoded, DecodePolicy.Strict, context);
            for (int d = 0; d < shape.Dimensions; d++)
            {
                if (!space.Dimensions[d].Encoded || (masked.Length > 0 && masked[d])) continue;
                double[] errors =
                    [.. Enumerable.Range(0, shape.Horizon).Select(t => space.Difference(d, decoded[(t * shape.Dimensions) + d], actions[(t * shape.Dimensions) + d]))];
                Assert.InRange(largest ? errors.Max(Math.Abs) : Math.Sqrt(errors.Average(e => e * e)), 0, bounds[d]);
            }
        }
    }

    [Fact]
    public void A_binary_value_between_the_two_is_named_where_a_bound_cannot_hold()
    {
        FastActionTokenizer tokenizer = new(SampleTokenizers.Definition() with { ActionSpace = new(new ActionDimension { Binary = new() }) });
        var missed = Assert.Throws<ErrorBoundException>(() => tokenizer.Encode(
            (double[])[0.4, 0.9], new(2, 1), new int[tokenizer.MaxTokenCount(new(2, 1))], default, new() { Mode = EncodeMode.MaxError(0.1) }));
        Assert.Contains("dimension 0 is 0.4 at best", missed.Message, StringComparison.Ordinal);
        Assert.Contains("it is binary", missed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Twelve_masked_dimensions_of_24_cost_next_to_nothing()
    {
        var shape = new ActionShape(50, 24);
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer(normalizer: new(SampleTokenizers.Statistics(24), new() { Clip = true }));
        double[] actions = SampleTokenizers.Motion(new(9), shape);
        tokenizer.Definition.Normalizer!.Denormalize(actions, actions);
        bool[] masked = [.. Enumerable.Range(0, 24).Select(d => d >= 12)];
        var tokens = new int[tokenizer.MaxTokenCount(shape)];
        int all = tokenizer.Encode(actions, shape, tokens, default(ActionContext)).Count;
        for (int i = 0; i < actions.Length; i++) actions[i] = masked[i % 24] ? double.NaN : actions[i];
        EncodeResult half = tokenizer.Encode(actions, shape, tokens, new ActionContext { Masked = masked });

        // The same motion by a tokenizer that has never heard of the others.
        ActionDimension[] kept = [.. masked.Select(hidden => new ActionDimension { Encoded = !hidden })];
        FastActionTokenizer without = new(tokenizer.Definition with { Normalizer = Half(tokenizer.Definition.Normalizer), ActionSpace = new(kept) });
        int alone = without.Encode(actions, shape, new int[tokens.Length], default(ActionContext)).Count;
        Assert.True(half.Count < all * 0.75, $"{half.Count} tokens with 12 dimensions masked, {all} with all");
        Assert.True(half.Count <= alone * 1.35, $"{half.Count} tokens with 12 dimensions masked, {alone} without them");

        var decoded = new float[shape.Count];
        Assert.True(tokenizer.TryDecode(tokens.AsSpan(0, half.Count), shape, decoded, new() { Masked = masked }).IsComplete);
        for (int i = 0; i < decoded.Length; i++)
            if (masked[i % 24]) Assert.Equal(0, decoded[i]);
    }

    [Fact]
    public void What_is_masked_is_not_counted_as_clipped()
    {
        FastActionTokenizer tokenizer = SampleTokenizers.Tokenizer(
            normalizer: new(new(min: [5, 5], max: [6, 6]), new() { Method = NormalizationMethod.MinMax, Clip = true }));
        var tokens = new int[tokenizer.MaxTokenCount(new(2, 2))];
        Assert.Equal(0, tokenizer.Encode((double[])[5.5, 0, 5.5, 0], new(2, 2), tokens, new ActionContext { Masked = [false, true] }).Clipped);
        Assert.Equal(2, tokenizer.Encode((double[])[5.5, 0, 5.5, 0], new(2, 2), tokens, default(ActionContext)).Clipped);
    }

    [Fact]
    public void Without_the_state_both_ways_are_refused_by_name_and_nothing_is_written()
    {
        FastActionTokenizer tokenizer = new(SampleTokenizers.Definition() with
        {
            ActionSpace = new(new(), new ActionDimension { Reference = ActionReference.State }),
        });
        var shape = new ActionShape(3, 2);
        double[] actions = new double[6], decoded = [9, 9, 9, 9, 9, 9];
        var tokens = new int[tokenizer.MaxTokenCount(shape)];
        const string Named = "dimension 1 is relative to the robot's state, and no state was given";
        Refusal.Says<ArgumentException>(Named, () => tokenizer.Encode(actions, shape, tokens));
        int count = tokenizer.Encode(actions, shape, tokens, new ActionContext((double[])[0, 0])).Count;
        Refusal.Says<ArgumentException>(Named, () => tokenizer.TryDecode(tokens.AsSpan(0, count), shape, decoded));
        Refusal.Says<ArgumentException>(Named, () => tokenizer.Decode(tokens.AsSpan(0, count), shape, decoded, DecodePolicy.Prefix));
        var streaming = new StreamingActionDecoder(tokenizer, shape);
        Refusal.Says<ArgumentException>(Named, () => streaming.Read(decoded));
        Refusal.Says<ArgumentException>(Named, () => streaming.Reset(actions));
        Assert.All(decoded, value => Assert.Equal(9, value));
        Refusal.Says<ArgumentException>("has 3 dimensions, the tokenizer's action space 2", () => tokenizer.Encode(new double[9], new(3, 3), tokens));
    }

    [Fact]
    public void Every_policy_gives_the_robots_own_actions()
    {
        FastActionTokenizer tokenizer = new(SampleTokenizers.Definition() with
        {
            ActionSpace = new(new() { Reference = ActionReference.State }, new ActionDimension { Encoded = false, Fill = 4 }),
        });
        var shape = new ActionShape(4, 2);
        double[] state = [2.5];
        var tokens = new int[tokenizer.MaxTokenCount(shape)];
        int count = tokenizer.Encode((double[])[2.5, 0, 3, 0, 2, 0, 2.5, 0], shape, tokens, new ActionContext(state)).Count;
        var decoded = new double[8];
        DecodeResult none = tokenizer.Decode([], shape, decoded, DecodePolicy.Prefix, new ActionContext(state));
        Assert.Equal((DecodeStatus.Short, 0), (none.Status, none.Coefficients));
        Assert.Equal([2.5, 4, 2.5, 4, 2.5, 4, 2.5, 4], decoded);
        double[] held = [.. Enumerable.Range(0, 8).Select(i => (double)i)];
        tokenizer.Decode([], shape, decoded, DecodePolicy.Hold, new ActionContext(state), held);
        Assert.Equal(held, decoded);
        var failure = Assert.Throws<ActionDecodeException>(() => tokenizer.Decode([], shape, decoded, DecodePolicy.Strict, new ActionContext((double[])[2.5])));
        Assert.Contains("a chunk of [4,1] needs 4", failure.Message, StringComparison.Ordinal);
        Assert.True(tokenizer.Decode(tokens.AsSpan(0, count), shape, decoded, DecodePolicy.Strict, new ActionContext(state)).IsComplete);
        Assert.Equal(3, decoded[2], 0.1);
    }

    [Fact]
    public void Token_after_token_ends_at_what_a_decode_gives()
    {
        var random = new Random(13);
        for (int round = 0; round < 40; round++)
        {
            var shape = new ActionShape(random.Next(2, 20), random.Next(1, 6));
            ActionSpace space = RandomSpace(random, shape.Dimensions);
            FastActionTokenizer tokenizer = new(SampleTokenizers.Definition(min: -2000, max: 2000) with { ActionSpace = space });
            double[] actions = SampleTokenizers.Motion(random, shape), state = SampleTokenizers.Motion(random, new(1, shape.Dimensions));
            bool[] masked = [.. Enumerable.Range(0, shape.Dimensions).Select(_ => random.Next(5) == 0)];
            var context = new ActionContext(state) { Masked = masked };
            var tokens = new int[tokenizer.MaxTokenCount(shape)];
            int count = tokenizer.Encode(actions, shape, tokens, context).Count;
            double[] whole = new double[shape.Count], streamed = new double[shape.Count], prefix = new double[shape.Count];
            tokenizer.TryDecode(tokens.AsSpan(0, count), shape, whole, context);

            var decoder = new StreamingActionDecoder(tokenizer, shape);
            for (int i = 0; i < count; i++)
            {
                decoder.Push(tokens[i]);
                decoder.Read(streamed, context);
                tokenizer.Decode(tokens.AsSpan(0, i + 1), shape, prefix, DecodePolicy.Prefix, context);
                for (int k = 0; k < streamed.Length; k++)
                    if (space.Dimensions[k % shape.Dimensions].Binary is null) Assert.Equal(0, space.Difference(k % shape.Dimensions, prefix[k], streamed[k]), 1e-9);
            }

            Assert.True(decoder.IsComplete);
            Assert.Equal(whole, streamed);

            // With the chunk itself as the prior nothing is missing from the start.
            decoder.Reset(actions, context);
            decoder.Read(streamed, context);
            for (int k = 0; k < streamed.Length; k++)
            {
                int d = k % shape.Dimensions;
                if (!space.Dimensions[d].Encoded || masked[d]) continue;
                double expected = space.Dimensions[d].Binary is { } binary ? binary.Snap(actions[k]) : actions[k];
                Assert.Equal(0, space.Difference(d, streamed[k], expected), 1e-9);
            }
        }
    }

    [Fact]
    public void Trace_and_distributions_are_of_the_robots_own_dimensions()
    {
        var shape = new ActionShape(6, 3);
        FastActionTokenizer tokenizer = new(SampleTokenizers.Definition(min: -6000, max: 6000, merges: 0) with
        {
            ActionSpace = new(new() { Encoded = false }, new() { Reference = ActionReference.State }, new ActionDimension { Period = 360 }),
        });
        double[] chunk = [.. Enumerable.Range(0, 18).Select(i => i % 3 == 0 ? double.NaN : i % 3 == 1 ? 50 + i : (175 + i) % 360)];
        double[] state = [0, 50, 0];
        ChunkTrace trace = ChunkTrace.Of(tokenizer, chunk, shape, context: new ActionContext(state));
        Assert.True(trace.IsComplete);
        Assert.Equal([1, 2], trace.Tokens.SelectMany(token => token.Coefficients).Select(covered => covered.Dimension).Distinct().Order());
        Assert.InRange(trace.Tokens[^1].RmseNormalized!.Value, 0, 0.06);
        Assert.True(trace.Tokens[0].RmseNormalized > trace.Tokens[^1].RmseNormalized);

        var evaluator = new FidelityEvaluator(tokenizer, shape);
        evaluator.Add(chunk, "e", 0, new ActionContext(state));
        FidelityDistributions distributions = evaluator.ToDistributions();
        Assert.Equal(3, distributions.RmsePerDimensionAndStep.Count);
        Assert.All(distributions.RmsePerDimensionAndStep.SelectMany(row => row), error => Assert.InRange(error, 0, 0.3));
        Assert.All(distributions.PerFrequency!, row => Assert.True(double.IsFinite(row.MotionRms) && row.ErrorRms < 0.06));
    }

    [Fact]
    public void A_grammar_asks_for_the_coefficients_of_the_encoded_dimensions()
    {
        FastActionTokenizer tokenizer = new(SampleTokenizers.Definition(merges: 0) with
        {
            ActionSpace = new(new(), new() { Encoded = false }, new ActionDimension()),
        });
        Assert.Equal(10, new TokenGrammar(tokenizer, new(5, 3)).MinTokenCount);
    }

    [Fact]
    public void Parts_that_do_not_fit_are_named()
    {
        FastTokenizerDefinition definition = SampleTokenizers.Definition() with { ActionSpace = new(new(), new ActionDimension { Encoded = false }) };
        Refusal.Says<ArgumentException>("the action space is of 2 dimensions, the metadata says 1", () =>
            new FastActionTokenizer(definition with { Metadata = new() { Dimensions = 1 } }));
        Refusal.Says<ArgumentException>("statistics are of 2 dimensions, the action space encodes 1", () =>
            new FastActionTokenizer(definition with { Normalizer = new(SampleTokenizers.Statistics(2), new()) }));
        Refusal.Says<ArgumentException>("reconstruction points are of 2 dimensions, the action space encodes 1", () =>
            new FastActionTokenizer(definition with { Reconstruction = new(new(1, 2), 1, [0, 0]) }));
        Refusal.Says<ArgumentException>("names for 2 dimensions", () =>
            new FastActionTokenizer(definition with { Metadata = new() { DimensionNames = ["x"] } }));
    }

    internal static ActionNormalizer Half(ActionNormalizer whole)
    {
        ActionStatistics s = whole.Statistics;
        double[] First(IReadOnlyList<double>? field) => [.. field!.Take(field!.Count / 2)];
        return new(
            new(s.Count, First(s.Min), First(s.Max), First(s.Mean), First(s.Std), First(s.Q01), First(s.Q10), First(s.Q50), First(s.Q90), First(s.Q99)),
            whole.Options);
    }

    // Angles take many turns.
    private static ActionNormalizer Wide(ActionSpace space)
    {
        double[] high = [.. space.EncodedDimensions.Select(d => space.Dimensions[d].Binary is null ? 300.0 : 1)];
        return new(new(min: Array.ConvertAll(high, value => -value), max: high), new() { Method = NormalizationMethod.MinMax });
    }

    // Motions of a few units; angles turn by up to half a period a step. What is not encoded holds no number.
    private static double[] Actions(Random random, ActionShape shape, ActionSpace space)
    {
        double[] actions = SampleTokenizers.Motion(random, shape);
        for (int d = 0; d < shape.Dimensions; d++)
        {
            double angle = random.NextDouble() * 300;
            for (int i = d; i < actions.Length; i += shape.Dimensions)
            {
                if (!space.Dimensions[d].Encoded) actions[i] = double.NaN;
                else if (space.Dimensions[d].Period is { } period)
                {
                    angle += (random.NextDouble() - 0.5) * 0.4 * period;
                    actions[i] = angle % period;
                }
            }
        }

        return actions;
    }
}
