using System.Text.Json;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;

namespace Fast.Tokenizer.Training.Parts;

/// <summary>What a header says, checked, and what must be alike in parts that belong together.</summary>
internal sealed class PartSettings
{
    private static readonly Dictionary<string, CoefficientOrder> _orders = new()
    {
        ["frequency_major"] = CoefficientOrder.FrequencyMajor,
        ["dimension_major"] = CoefficientOrder.DimensionMajor,
    };

    private readonly PartHeader _header;

    /// <summary>Checks a header.</summary>
    /// <exception cref="InvalidDataException">It says what cannot be.</exception>
    public PartSettings(PartFile part)
    {
        _header = part.Header;
        Require(part.Kind == CorpusPartKind.Coefficients == (_header.Coefficients is not null), "its kind is not that of its header");
        try
        {
            PartHeader.ChunkEntry chunks = _header.Chunks;
            chunks.Actions.Check(null);
            Shape = new ActionShape(Number(chunks.Actions.Horizon, "horizon"), Number(chunks.Actions.Dimensions, "number of dimensions"));
            Encoded = new ActionShape(Shape.Horizon, chunks.Encoded);
            if (chunks.ActionSpace is { } space) Space = ManifestEntries.Space(space, FolderManifest.CurrentSchema, part.Name);
            Require(Space is null || Space.Dimensions.Count == Shape.Dimensions, "its action space is of other dimensions");
            Require(
                Encoded.Dimensions == (Space?.EncodedDimensions.Count ?? Shape.Dimensions), "its dimensions do not fit its action space");
            Require(chunks.Stride >= 1, "its stride is below 1");
            Columns = chunks.PerTimestep ? Encoded.Count : Encoded.Dimensions;
            Require(chunks.RelativeError is null or (>= 1e-5 and <= 0.1), "the error of its estimates is out of range");
            CheckShards(_header.Shards, part.Kind);
            bool hasStatistics = part.Kind == CorpusPartKind.Statistics && chunks.RelativeError is null;
            Statistics = _header.Statistics is { } statistics ? ManifestEntries.Statistics(statistics) : null;
            Require(
                hasStatistics == (Statistics is not null) && (Statistics?.Dimensions ?? Columns) == Columns,
                "its statistics do not fit it");
            if (_header.Coefficients is { } coefficients) CheckCoefficients(coefficients, part);
        }
        catch (ArgumentException problem)
        {
            throw new InvalidDataException(PartFile.Damaged(part.Name, problem.Message).Message, problem);
        }

        void Require(bool condition, string otherwise)
        {
            if (!condition) throw PartFile.Damaged(part.Name, otherwise);
        }

        int Number(int? number, string what) => number ?? throw PartFile.Damaged(part.Name, $"it does not say its {what}");
    }

    /// <summary>Shape of a chunk of the robot's own actions.</summary>
    public ActionShape Shape { get; }

    /// <summary>Shape of what is encoded of it.</summary>
    public ActionShape Encoded { get; }

    /// <summary>Columns that statistics are of.</summary>
    public int Columns { get; }

    public ActionSpace? Space { get; }

    /// <summary>Where they are exact and were counted.</summary>
    public ActionStatistics? Statistics { get; }

    /// <summary>Windows of all shards.</summary>
    public long Windows { get; private set; }

    public CoefficientOrder Order { get; private set; }

    public ActionNormalizer? Normalizer { get; private set; }

    /// <summary>The name of an order in a header.</summary>
    public static string NameOf(CoefficientOrder order) => _orders.First(known => known.Value == order).Key;

    /// <summary>The first thing in which this differs from others that it must be equal to; null where it does not.</summary>
    public (string What, string Mine, string Theirs)? DifferenceFrom(PartSettings other)
    {
        foreach (((string what, string? mine), (_, string? theirs)) in Texts().Zip(other.Texts()))
            if (mine != theirs && mine is not null && theirs is not null) return (what, mine, theirs);
        return null;
    }

    /// <summary>Whether this says something that none of others says.</summary>
    public bool SaysMoreThan(IEnumerable<PartSettings> others)
    {
        HashSet<string> known = [.. others.SelectMany(other => other.Said())];
        return Said().Any(what => !known.Contains(what));
    }

    private IEnumerable<string> Said() => Texts().Where(entry => entry.Text is not null).Select(entry => entry.What);

    // A text for each; null where it is not known, which goes with anything.
    private IEnumerable<(string What, string? Text)> Texts()
    {
        PartHeader.ChunkEntry chunks = _header.Chunks;
        ActionMetadata actions = chunks.Actions;
        yield return ("a horizon of", Invariant($"{Shape.Horizon} steps"));
        yield return ("a stride of", Invariant($"{chunks.Stride} steps"));
        yield return ("actions of", Invariant($"{Shape.Dimensions} dimensions"));
        yield return ("encoded dimensions", actions.EncodedDimensions is { } encoded ? List(encoded) : "all");
        yield return ("names of dimensions", actions.DimensionNames is { } names ? List(names) : null);
        yield return ("units of dimensions", actions.DimensionUnits is { } units ? List(units) : null);
        yield return ("a rate of", actions.Rate is { } rate ? Invariant($"{rate} steps per second") : null);
        yield return ("the action space", Json(chunks.ActionSpace));
        yield return ("statistics", chunks.PerTimestep ? "per time step" : "over all time steps");
        yield return ("statistics that are", chunks.RelativeError is { } error ? Invariant($"estimates within {error}") : "exact");
        if (_header.Coefficients is not { } coefficients) yield break;

        yield return ("a scale of", Invariant($"{coefficients.Scale}"));
        yield return ("the order", coefficients.Order);
        yield return ("been counted under the statistics", coefficients.Statistics);
        yield return ("the normalization", Json(coefficients.Normalization));
    }

    private void CheckShards(IReadOnlyList<PartHeader.ShardEntry> shards, CorpusPartKind kind)
    {
        if (shards.Count == 0) throw new ArgumentException("it has no shards");
        string last = "";
        foreach (PartHeader.ShardEntry shard in shards)
        {
            if (shard is null) throw new ArgumentException("a shard is missing");
            if (!IsHash(shard.Id) || string.CompareOrdinal(shard.Id, last) <= 0) throw new ArgumentException("its shards are not in order");
            last = shard.Id;
            if (shard.Episodes < 0 || shard.Skipped < 0 || shard.Windows < 0 || shard.Windows > long.MaxValue - Windows)
                throw new ArgumentException($"the counts of shard '{shard.Name}' are not possible");
            Windows += shard.Windows;
            bool estimates = kind == CorpusPartKind.Statistics && _header.Chunks.RelativeError is not null;
            if (estimates != (shard.Moments is not null) || (shard.Moments is { } moments && !AreFine(moments)))
                throw new ArgumentException($"the moments of shard '{shard.Name}' are not possible");
        }
    }

    private bool AreFine(IReadOnlyList<PartHeader.MomentsEntry> moments) =>
        moments.Count == Columns
        && moments.All(one => one is { Count: 0 } || (one is { Count: > 0, Squares: >= 0 } && double.IsFinite(one.Squares)
            && Math.Abs(one.Min) <= ActionStatistics.MaxMagnitude && Math.Abs(one.Max) <= ActionStatistics.MaxMagnitude
            && one.Min <= one.Max && Math.Abs(one.Mean) <= ActionStatistics.MaxMagnitude));

    private void CheckCoefficients(PartHeader.CoefficientsEntry coefficients, PartFile part)
    {
        if (!_orders.TryGetValue(coefficients.Order, out CoefficientOrder order))
            throw new ArgumentException($"the order '{coefficients.Order}' is not known");
        Order = order;
        _ = new CoefficientQuantizer(coefficients.Scale, order);
        Normalizer = ManifestEntries.Normalizer(coefficients.Normalization, FolderManifest.CurrentSchema, part.Name);
        if (Normalizer.Dimensions != Encoded.Dimensions || (Normalizer.Horizon ?? Encoded.Horizon) != Encoded.Horizon)
            throw new ArgumentException("its normalization is of other dimensions");
        if (_header.Counted != Windows || _header.Entries < 0 || _header.Entries > Windows || Windows > long.MaxValue / Encoded.Count)
            throw new ArgumentException("its shards have not the windows that it has");
        if (coefficients.MinCoefficient < short.MinValue || coefficients.MaxCoefficient > short.MaxValue
            || coefficients.MinCoefficient > coefficients.MaxCoefficient)
        {
            throw new ArgumentException("its coefficients are out of range");
        }

        if (!IsHash(coefficients.Statistics) || !coefficients.StatisticsShards.All(shard => shard is not null && IsHash(shard.Id)))
            throw new ArgumentException("its statistics are not named");
        HashSet<string> known = [.. coefficients.StatisticsShards.Select(shard => shard.Id)];
        if (!_header.Shards.All(shard => known.Contains(shard.Id)))
            throw new ArgumentException("a shard of it is not among those of its statistics");
    }

    private static bool IsHash(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    private static string List<T>(IEnumerable<T> entries) => string.Join(", ", entries);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static string Json(IReadOnlyList<FolderManifest.DimensionEntry>? space) => space is null
        ? "none"
        : JsonSerializer.Serialize(space, PartHeaderJson.Default.IReadOnlyListDimensionEntry);

    private static string Json(FolderManifest.NormalizationEntry normalization) =>
        JsonSerializer.Serialize(normalization, PartHeaderJson.Default.NormalizationEntry);
}
