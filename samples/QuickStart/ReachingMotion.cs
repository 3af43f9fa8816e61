using Fast.Tokenizer;
using Fast.Tokenizer.Training;

namespace QuickStart;

/// <summary>Synthetic recordings of a seven-joint arm that reaches, grasps and releases; a stand-in for real ones.</summary>
/// <remarks>
/// Reaches follow the minimum-jerk profile of human and teleoperated motion (Flash and Hogan 1985), at rest at both ends, with a short
/// dwell after each in which the gripper closes or opens. The same seed gives the same motion.
/// </remarks>
internal static class ReachingMotion
{
    private const double Rate = 20;
    private const int Joints = 7;
    private const double MaxJointSpeed = 2.0; // rad/s; the slowest joints of a Franka arm reach 2.175

    // Joint limits and ready pose of a Franka arm, in rad.
    private static readonly double[] _lower = [-2.8973, -1.7628, -2.8973, -3.0718, -2.8973, -0.0175, -2.8973];
    private static readonly double[] _upper = [2.8973, 1.7628, 2.8973, -0.0698, 2.8973, 3.7525, 2.8973];
    private static readonly double[] _ready = [0, -0.7854, 0, -2.3562, 0, 1.5708, 0.7854];

    // How far a target may lie from the ready pose: a table top, not the whole reach of the arm.
    private static readonly double[] _spread = [0.9, 0.6, 0.5, 0.6, 0.6, 0.7, 0.9];

    /// <summary>Names, units and rate of the actions; 8 dimensions, the last is the gripper: 0 open, 1 closed.</summary>
    public static ActionMetadata Metadata { get; } = new()
    {
        Dimensions = Joints + 1,
        Rate = Rate,
        DimensionNames =
            ["shoulder_pan", "shoulder_lift", "upper_arm_roll", "elbow", "forearm_roll", "wrist_flex", "wrist_roll", "gripper"],
        DimensionUnits = ["rad", "rad", "rad", "rad", "rad", "rad", "rad", ""],
    };

    /// <summary>Makes episodes of 5 to 10 s.</summary>
    /// <param name="count">Number of episodes.</param>
    /// <param name="seed">Seed of the random targets, durations and dwells.</param>
    public static IReadOnlyList<Episode> Generate(int count = 300, int seed = 1)
    {
        var random = new Random(seed);
        var episodes = new Episode[count];
        for (int i = 0; i < count; i++) episodes[i] = new($"episode_{i:000}", Record(random), Joints + 1);
        return episodes;
    }

    private static double[] Record(Random random)
    {
        // A last reach of at most 3 s and its dwell of at most 0.4 s keep every episode below 10 s.
        int leastSteps = Steps(Between(random, 5.0, 6.5));
        var actions = new List<double>();
        double[] from = Target(random);
        bool closed = false;
        while (actions.Count < leastSteps * (Joints + 1))
        {
            double[] to = Target(random);
            int reach = Steps(Math.Max(Between(random, 1.0, 3.0), FastestReach(from, to)));
            for (int step = 0; step < reach; step++) AddRow(actions, from, to, MinimumJerk((double)step / reach), closed);

            closed = !closed;
            int dwell = Steps(Between(random, 0.1, 0.4));
            for (int step = 0; step < dwell; step++) AddRow(actions, from, to, 1, closed);
            from = to;
        }

        return [.. actions];
    }

    private static double[] Target(Random random)
    {
        var target = new double[Joints];
        for (int j = 0; j < Joints; j++)
            target[j] = Math.Clamp(_ready[j] + Between(random, -_spread[j], _spread[j]), _lower[j], _upper[j]);
        return target;
    }

    // A minimum-jerk reach is fastest half-way, at 15/8 of its mean speed.
    private static double FastestReach(double[] from, double[] to) =>
        from.Zip(to, (a, b) => Math.Abs(b - a)).Max() * 15 / 8 / MaxJointSpeed;

    private static double MinimumJerk(double s) => s * s * s * (10 + (s * (-15 + (s * 6))));

    private static void AddRow(List<double> actions, double[] from, double[] to, double progress, bool closed)
    {
        for (int j = 0; j < Joints; j++) actions.Add(from[j] + ((to[j] - from[j]) * progress));
        actions.Add(closed ? 1 : 0);
    }

    private static double Between(Random random, double low, double high) => low + ((high - low) * random.NextDouble());

    private static int Steps(double seconds) => (int)Math.Round(seconds * Rate);
}
