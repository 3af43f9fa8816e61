using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Tests.Normalization;

namespace Fast.Tokenizer.Tests.Actions;

/// <summary>From the robot's own actions to the values that are encoded, and back.</summary>
public sealed class ActionSpaceTests
{
    [Fact]
    public void Each_kind_of_dimension_by_hand()
    {
        var space = new ActionSpace(
            new() { Reference = ActionReference.State },
            new() { Encoded = false, Fill = 7 },
            new() { Reference = ActionReference.Previous, StateIndex = 0 },
            new() { Period = 360 },
            new() { Binary = new(-1, 1) });
        double[] actions =
        [
            1, double.NaN, 10, 350, -0.5,
            2, double.NaN, 13, 10, 0.5,
            4, double.NaN, 12, 190, 0,
        ];
        double[] state = [0.5];
        var encoded = new double[3 * 4];
        space.Transform(actions, new(state), encoded);

        // The angle starts at -10 and goes on by 20 and by 180, half a turn.
        Assert.Equal([0.5, 9.5, -10, -1, 1.5, 3, 10, 1, 3.5, -1, 190, 1], encoded);
        var restored = new double[actions.Length];
        space.Restore(encoded, new(state), restored);
        Assert.Equal([1, 7, 10, -10, -1, 2, 7, 13, 10, 1, 4, 7, 12, -170, 1], restored);
        Assert.Equal([0, 2, 3, 4], space.EncodedDimensions);
        Assert.True(space.NeedsState);
        Assert.Equal(1, space.StateLength);
    }

    [Fact]
    public void A_fill_that_is_kept_leaves_the_buffer_alone()
    {
        var space = new ActionSpace(new() { Encoded = false, Fill = null }, new ActionDimension(), new() { Fill = 5 });
        double[] restored = [9, 9, 9, 8, 8, 8];
        space.Restore([1, 2, 3, 4], new() { Masked = [false, false, true] }, restored);
        Assert.Equal([9, 1, 5, 8, 3, 5], restored);
    }

    [Theory]
    [InlineData(2 * Math.PI, null)]
    [InlineData(360.0, null)]
    [InlineData(360.0, 0.0)]
    [InlineData(1.0, -0.25)]
    public void An_angle_that_turns_many_times_becomes_smooth_and_comes_back_in_its_range(double period, double? start)
    {
        var random = new Random(11);
        double from = start ?? -period / 2;
        for (int round = 0; round < 200; round++)
        {
            var reference = (ActionReference)random.Next(3);
            var space = new ActionSpace(new ActionDimension { Period = period, PeriodStart = start, Reference = reference });
            int steps = random.Next(2, 60);
            double[] smooth = new double[steps], wrapped = new double[steps];
            smooth[0] = from + (random.NextDouble() * period);
            for (int t = 1; t < steps; t++) smooth[t] = smooth[t - 1] + ((random.NextDouble() - 0.3) * 0.7 * period);
            for (int t = 0; t < steps; t++) wrapped[t] = smooth[t] - (period * random.Next(-3, 4));
            double[] state = [smooth[0] + ((random.NextDouble() - 0.5) * 0.9 * period) + (period * random.Next(-2, 3))];

            var encoded = new double[steps];
            space.Transform(wrapped, new(state), encoded);
            for (int t = 1; t < steps; t++)
            {
                double step = reference == ActionReference.Previous ? encoded[t] : encoded[t] - encoded[t - 1];
                Assert.Equal(smooth[t] - smooth[t - 1], step, 1e-9 * period);
            }

            if (reference != ActionReference.Absolute) Assert.InRange(encoded[0], -period / 2, period / 2);
            var restored = new double[steps];
            space.Restore(encoded, new(state), restored);
            for (int t = 0; t < steps; t++)
            {
                Assert.InRange(restored[t], from, from + period);
                Assert.Equal(0, space.Difference(0, restored[t], smooth[t]), 1e-9 * period);
            }
        }
    }

    [Fact]
    public void The_distance_of_angles_is_the_shorter_way_round()
    {
        var space = new ActionSpace(new() { Period = 360 }, new ActionDimension());
        Assert.Equal(20, space.Difference(0, 10, 350));
        Assert.Equal(-20, space.Difference(0, 350, 10));
        Assert.Equal(-340, space.Difference(1, 10, 350));
    }

    [Fact]
    public void What_cannot_be_is_refused_by_dimension()
    {
        void Refused(string text, ActionDimension dimension) =>
            Refusal.Says<ArgumentException>(text, () => new ActionSpace(new ActionDimension(), dimension));

        Refused("period of dimension 1 is 0", new() { Period = 0 });
        Refused("period of dimension 1 is NaN", new() { Period = double.NaN });
        Refused("period of dimension 1 is -1", new() { Period = -1 });
        Refused("start of the period and no period", new() { PeriodStart = 0 });
        Refused("start of the period of dimension 1 is", new() { Period = 1, PeriodStart = double.NegativeInfinity });
        Refused("fill value of dimension 1 is", new() { Fill = double.PositiveInfinity });
        Refused("state index of dimension 1 is -1", new() { StateIndex = -1, Reference = ActionReference.State });
        Refused("dimension 1 has a state index", new() { StateIndex = 1 });
        Refused("reference 9 of dimension 1", new() { Reference = (ActionReference)9 });
        Refused("binary values of dimension 1 are 1 and 0", new() { Binary = new(1, 0) });
        Refused("threshold of 0", new() { Binary = new(0, 1) { Threshold = 0 } });
        Refused("threshold of dimension 1 is NaN", new() { Binary = new(0, 1) { Threshold = double.NaN } });
        Refused("dimension 1 is binary", new() { Binary = new(), Reference = ActionReference.State });
        Refused("dimension 1 is binary", new() { Binary = new(), Period = 1 });
        Refused("no entry for dimension 1", null!);
        Refusal.Says<ArgumentException>("encodes no dimension", () => new ActionSpace());
        Refusal.Says<ArgumentException>("encodes no dimension", () => new ActionSpace(new ActionDimension { Encoded = false }));
    }

    [Fact]
    public void What_the_context_lacks_is_named()
    {
        var space = new ActionSpace(new(), new() { Reference = ActionReference.State, StateIndex = 2 });
        void Refused(string text, double[] state, bool[] masked, double[]? actions = null) => Refusal.Says<ArgumentException>(
            text, () => space.Transform(actions ?? [1, 2], new(state) { Masked = masked }, new double[actions?.Length ?? 2]));

        Refused("dimension 1 is relative to the robot's state, and no state was given", [], []);
        Refused("relative to value 2 of the robot's state, and the state given has 2 values", [1, 2], []);
        Refused("value 2 of the robot's state is NaN", [1, 2, double.NaN], []);
        Refused("the mask has 1 flags", [1, 2, 3], [true]);
        Refused("step 0, dimension 1 is NaN", [1, 2, 3], [], [0, double.NaN]);
        Refused("step 1, dimension 0 is", [1, 2, 3], [], [0, 0, double.PositiveInfinity, 1]);
        Refused("not as many whole steps", [1, 2, 3], [], [0, 0, 0]);
        space.Transform([1, double.NaN], new() { Masked = [false, true] }, new double[2]);
    }
}
