using System.Globalization;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Training.Parts;

namespace Fast.Tokenizer.Training;

/// <summary>A training on what was counted of episodes, which are not at hand.</summary>
internal static class CountedTraining
{
    /// <summary>Why nothing can be held out.</summary>
    public const string NoHoldout = "counts do not say which window is of which episode: hold out whole shards, and evaluate on them";

    /// <summary>Why nothing can be pruned.</summary>
    public const string NoPruning = "which tokens are needed is found by encoding windows of the episodes, and counts do not hold them";

    /// <summary>Why there are no reconstruction points.</summary>
    public const string NoReconstruction = "the points are means over windows of the episodes, and counts do not hold them";

    private static readonly TrainingOptions _defaults = new();

    /// <summary>Refuses counts that no tokenizer can be trained on.</summary>
    /// <exception cref="InvalidDataException">They are statistics, of no window, or not of all shards that the statistics are of.</exception>
    public static void Check(CorpusPart counts)
    {
        if (counts.Kind != CorpusPartKind.Coefficients)
            throw new InvalidDataException($"{counts.Name} holds statistics: count the coefficients of each shard under them, and merge those");
        if (counts.MissingShards is [var missing, ..] all)
        {
            string more = all.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {all.Count - 1} more");
            throw new InvalidDataException($"{counts.Name} lacks shard '{missing}'{more}, which its statistics are of: merge all of them");
        }

        if (counts.Windows == 0)
        {
            throw new InvalidDataException(
                $"{counts.Name} holds no window: none of the episodes has {counts.Shape.Horizon} steps, the horizon; take a shorter one");
        }
    }

    /// <summary>Refuses options that need episodes, or that differ from what the counts were counted with.</summary>
    /// <remarks>An option at its default says nothing.</remarks>
    /// <exception cref="ArgumentException">There is one; the message names it.</exception>
    public static void Check(TrainingOptions options, CorpusPart counts)
    {
        if (options.HoldoutFraction != 0) throw new ArgumentException($"a share to hold out is given, but {NoHoldout}");
        if (options.Pruning is not null) throw new ArgumentException($"pruning is asked for, but {NoPruning}");
        if (options.Reconstruction is not null) throw new ArgumentException($"reconstruction points are asked for, but {NoReconstruction}");
        if (options.Normalizer is not null)
            throw new ArgumentException("a normalizer is given, but the coefficients were counted under one of their own: leave it out");

        ActionMetadata actions = counts.Metadata;
        if (options.HorizonSeconds is { } seconds) RequireHorizon("a horizon in seconds of", seconds, counts);
        RequireSame("a horizon of", options.Horizon ?? counts.Shape.Horizon, counts.Shape.Horizon, counts);
        RequireSame("a rate of", options.Rate ?? actions.Rate, actions.Rate, counts);
        RequireSame("a stride of", options.Stride == _defaults.Stride ? counts.Stride : options.Stride, counts.Stride, counts);
        RequireSame("a scale of", options.Scale == _defaults.Scale ? counts.Scale : options.Scale, counts.Scale, counts);
        RequireSame("the order", options.Order == _defaults.Order ? counts.Order : options.Order, counts.Order, counts);
        RequireSame(
            "estimating statistics", options.EstimateStatistics || counts.RelativeError is not null, counts.RelativeError is not null, counts);
        RequireSame("encoded dimensions", List(options.EncodedDimensions ?? actions.EncodedDimensions), List(actions.EncodedDimensions), counts);
        if (options.ActionSpace is { } space && counts.ActionSpace?.Dimensions.SequenceEqual(space.Dimensions) != true)
            throw new ArgumentException($"an action space is given that {counts.Name} was not counted in: leave it out, or count again");

        NormalizationOptions given = options.Normalization, counted = counts.Normalizer!.Options;
        if (given == _defaults.Normalization) return;
        RequireSame("the normalization", given.Method, counted.Method, counts);
        RequireSame("the formula", given.Formula, counted.Formula, counts);
        RequireSame("clipping", given.Clip, counted.Clip, counts);
        RequireSame("statistics per time step", given.PerTimestep, counted.PerTimestep, counts);
        RequireSame("a mask of", List(given.Mask), List(counted.Mask), counts);
        RequireSame("weights of", List(given.Weights), List(counted.Weights), counts);
    }

    /// <summary>Refuses a length in seconds that is not the horizon of the counts.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void RequireHorizon(string what, double seconds, CorpusPart counts)
    {
        double? steps = Math.Round(seconds * counts.Metadata.Rate ?? double.NaN);
        if (steps != counts.Shape.Horizon)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"{what} {seconds} is given, but {counts.Name} was counted with a horizon of {counts.Shape.Horizon} steps")
                + (counts.Metadata.Rate is { } rate ? string.Create(CultureInfo.InvariantCulture, $" at {rate} per second") : "")
                + ": leave it out, or count again");
        }
    }

    /// <summary>Refuses what differs from what was counted with.</summary>
    /// <exception cref="ArgumentException">It does.</exception>
    public static void RequireSame<T>(string what, T given, T counted, CorpusPart counts)
    {
        if (EqualityComparer<T>.Default.Equals(given, counted)) return;
        throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
            $"{what} {given} is given, but {counts.Name} was counted with {(object?)counted ?? "none"}: leave it out, or count again"));
    }

    /// <summary>What a training was, of which these are the counts.</summary>
    /// <exception cref="InvalidDataException">There are more than 2^31 episodes.</exception>
    public static TrainingFacts Facts(CorpusPart counts) => new()
    {
        Episodes = Count(counts.Episodes, counts),
        SkippedEpisodes = Count(counts.SkippedEpisodes, counts),
        HeldOutEpisodes = 0,
        Windows = counts.Windows,
        DistinctWindows = counts.DistinctWindows!.Value,
        Stride = counts.Stride,
        MinCoefficient = counts.MinCoefficient!.Value,
        MaxCoefficient = counts.MaxCoefficient!.Value,
    };

    private static int Count(long episodes, CorpusPart counts) => episodes <= int.MaxValue
        ? (int)episodes
        : throw new InvalidDataException($"{counts.Name} is of {episodes} episodes, a tokenizer is trained on {int.MaxValue} at most");

    private static string? List<T>(IReadOnlyList<T>? entries) =>
        entries is null ? null : string.Join(", ", entries.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry}")));
}
