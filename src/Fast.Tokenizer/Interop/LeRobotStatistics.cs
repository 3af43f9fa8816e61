using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Interop;

/// <summary>LeRobot's <c>meta/stats.json</c> and <c>meta/episodes_stats.jsonl</c>: min, max, mean, std, count and, in newer versions,
/// quantiles of each feature.</summary>
/// <remarks>
/// Statistics by episode are aggregated as LeRobot does (lerobot, <c>src/lerobot/datasets/compute_stats.py</c>,
/// <c>aggregate_stats</c>): the mean weighted by count, the variance by the parallel formula, min of min, max of max, and quantiles, where
/// every episode has them, as the mean of the episodes' quantiles weighted by count, which is an estimate. Episodes without the feature are
/// passed over. Here a dimension whose min and max are equal keeps std 0, where LeRobot leaves rounding.
/// </remarks>
public static class LeRobotStatistics
{
    internal const string FileName = "stats.json";

    // What LeRobot divides by at least.
    private const double Epsilon = 1e-8;

    private const string EpisodesName = "episodes_stats.jsonl";
    private const string Wrapper = "stats";

    /// <summary>Reads the statistics of one feature.</summary>
    /// <param name="path">A <c>stats.json</c>, an <c>episodes_stats.jsonl</c> (by its ending), or the folder of a data set or its
    /// <c>meta</c>, where <c>stats.json</c> comes first.</param>
    /// <param name="key">The feature.</param>
    /// <returns>Statistics with the fields that the file has.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file or a line is too large or not JSON, lacks the feature (the message lists those there) or what aggregating needs, or its
    /// fields are not finite numbers, differ in length or contradict each other (the message names file, line, field and dimension).
    /// </exception>
    public static ActionStatistics Read(string path, string key = "action")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(key);
        string file = Locate(path);
        if (file.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase)) return ReadEpisodes(file, key);
        var (fields, features) = StatisticsParser.Parse(StatisticsFile.ReadBounded(file), file, Wrapper, key);
        return StatisticsFile.ToStatistics(fields ?? throw StatisticsParser.Missing(file, key, features), file, key);
    }

    /// <summary>Reads the statistics of one feature and makes LeRobot's normaliser of them.</summary>
    /// <param name="path">As for <see cref="Read"/>.</param>
    /// <param name="options">How to normalise; null is <c>NormalizationOptions.Named("lerobot")</c>.</param>
    /// <param name="key">The feature.</param>
    /// <returns>The normaliser.</returns>
    /// <exception cref="ArgumentException">As <see cref="Read"/>.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">As <see cref="Read"/>, or the file lacks a field that the options need.</exception>
    public static ActionNormalizer ReadNormalizer(string path, NormalizationOptions? options = null, string key = "action") =>
        StatisticsFile.ToNormalizer(Read(path, key), options ?? NormalizationOptions.Named("lerobot"), path);

    /// <summary>Writes the statistics as they are, in the layout of <c>stats.json</c>; an existing file is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="statistics">Statistics with min, max, mean and std; count and quantiles are written where they are there.</param>
    /// <param name="key">The feature.</param>
    /// <exception cref="ArgumentException">min, max, mean or std is missing, which LeRobot requires.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, ActionStatistics statistics, string key = "action")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(statistics);
        ArgumentNullException.ThrowIfNull(key);
        if (Fields(statistics)[..4].FirstOrDefault(field => field.Values is null).Name is { } missing)
            throw new ArgumentException($"the statistics have no {missing}, which LeRobot's file must hold", nameof(statistics));
        StatisticsFile.Replace(path, StatisticsFile.Serialize(null, key, Fields(statistics), statistics.Count));
    }

    /// <summary>The content of <c>stats.json</c> for the feature <c>action</c>: the statistics of a normaliser or, where it has weights,
    /// those with which LeRobot's own code, clipping aside, normalises as it does.</summary>
    /// <remarks>
    /// LeRobot knows no weights. What it subtracts and divides by is therefore written in place of the statistics: the two values that map
    /// to -1 and 1 for every low and every high field, the center and the unit for mean and std. For mean and std as the method, LeRobot
    /// must be set to that; for any other, to one of its ranges.
    /// </remarks>
    /// <returns>The content; null where min, max, mean or std is not known, or weights are and a unit is below LeRobot's epsilon.</returns>
    internal static byte[]? Serialize(ActionNormalizer normalizer)
    {
        ActionStatistics statistics = normalizer.Statistics;
        if (!Array.TrueForAll(Fields(statistics)[..4], field => field.Values is not null)) return null;
        if (normalizer.UnitSize.SequenceEqual(normalizer.HalfRange))
            return StatisticsFile.Serialize(null, "action", Fields(statistics), statistics.Count);

        double[] low = new double[normalizer.Dimensions], high = new double[low.Length], unit = normalizer.UnitSize.ToArray();
        Array.Fill(low, -1);
        Array.Fill(high, 1);
        normalizer.Denormalize(low, low);
        normalizer.Denormalize(high, high);
        for (int d = 0; d < unit.Length; d++)
        {
            // A constant must come out as 0, and any range around it does that.
            if (unit[d] == 0) (low[d], high[d], unit[d]) = (low[d] - 0.5, low[d] + 0.5, 0.5);
            else if ((normalizer.Options.Method == NormalizationMethod.MeanStd ? unit[d] : 2 * unit[d]) < Epsilon) return null;
        }

        double[] center = normalizer.Center.ToArray();
        double[]? Quantile(IReadOnlyList<double>? known, double[] values) => known is null ? null : values;
        return StatisticsFile.Serialize(null, "action", Fields(new ActionStatistics(
            statistics.Count, low, high, center, unit, Quantile(statistics.Q01, low), Quantile(statistics.Q10, low),
            Quantile(statistics.Q50, center), Quantile(statistics.Q90, high), Quantile(statistics.Q99, high))), statistics.Count);
    }

    private static ActionStatistics ReadEpisodes(string file, string key)
    {
        EpisodeStatisticsSum? sum = null;
        InvalidDataException? missing = null;
        using FileStream stream = File.OpenRead(file);
        int number = 0;
        foreach (ReadOnlyMemory<byte> line in new BoundedLines(stream, file))
        {
            number++;
            if (line.Span.Trim(" \t\r"u8).IsEmpty) continue;
            string where = $"{file}, line {number}";
            var (fields, features) = StatisticsParser.Parse(line.Span, where, Wrapper, key);
            if (fields is null)
            {
                missing ??= StatisticsParser.Missing(where, key, features);
                continue;
            }

            ActionStatistics episode = StatisticsFile.ToStatistics(fields, where, key);
            sum ??= new EpisodeStatisticsSum(episode.Dimensions, key);
            sum.Add(episode, where);
        }

        if (sum is null) throw missing ?? new InvalidDataException($"{file} is empty: it holds the statistics of no episode");
        try
        {
            return sum.ToStatistics();
        }
        catch (ArgumentException problem)
        {
            throw new InvalidDataException($"{file}: '{key}', all episodes together: {problem.Message}", problem);
        }
    }

    // The first four are those that LeRobot cannot do without.
    private static (string Name, IReadOnlyList<double>? Values)[] Fields(ActionStatistics s) =>
    [
        ("min", s.Min), ("max", s.Max), ("mean", s.Mean), ("std", s.Std),
        ("q01", s.Q01), ("q10", s.Q10), ("q50", s.Q50), ("q90", s.Q90), ("q99", s.Q99),
    ];

    private static string Locate(string path)
    {
        if (!Directory.Exists(path)) return path;
        string[] candidates = [Path.Combine("meta", FileName), Path.Combine("meta", EpisodesName), FileName, EpisodesName];
        return candidates.Select(candidate => Path.Combine(path, candidate)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"{path} holds neither meta/{FileName} nor meta/{EpisodesName}; is it a LeRobot data set?");
    }
}
