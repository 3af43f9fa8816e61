using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Interop;

/// <summary>openpi's <c>norm_stats.json</c>: mean, std and, for quantile normalisation, q01 and q99 of each feature.</summary>
/// <remarks>Source: openpi, <c>src/openpi/shared/normalize.py</c>. The features stand under <c>norm_stats</c>; files without it are read
/// too.</remarks>
public static class OpenPiStatistics
{
    internal const string FileName = "norm_stats.json";

    private const string Wrapper = "norm_stats";

    // What openpi adds to a range before it divides by it.
    private const double Epsilon = 1e-6;

    /// <summary>Reads the statistics of one feature.</summary>
    /// <param name="path">The file, or the folder that holds it under the name <c>norm_stats.json</c>.</param>
    /// <param name="key">The feature: <c>actions</c> in openpi, often the name of a data set elsewhere.</param>
    /// <param name="dimensions">Takes the first D values of each field, for statistics padded to the width of a model, as openpi does; null
    /// takes all.</param>
    /// <returns>Statistics with the fields that the file has.</returns>
    /// <exception cref="ArgumentException">The path is empty, or <paramref name="dimensions"/> is below 1.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is too large or not JSON, lacks the feature (the message lists those there), has fewer dimensions than asked for, or its
    /// fields are not finite numbers, differ in length or contradict each other (the message names file, field and dimension).
    /// </exception>
    public static ActionStatistics Read(string path, string key = "actions", int? dimensions = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(key);
        if (dimensions is { } wanted) ArgumentOutOfRangeException.ThrowIfLessThan(wanted, 1, nameof(dimensions));
        string file = File(path);
        var (fields, features) = StatisticsParser.Parse(StatisticsFile.ReadBounded(file), file, Wrapper, key);
        if (fields is null) throw StatisticsParser.Missing(file, key, features);
        foreach (var (name, values) in fields.ToArray())
        {
            if (name == "count" || dimensions is not { } count) continue;
            if (values.Length < count)
                throw new InvalidDataException($"{file}: {name} of '{key}' has {values.Length} dimensions, {count} are asked for");
            fields[name] = values[..count];
        }

        return StatisticsFile.ToStatistics(fields, file, key);
    }

    /// <summary>Reads the statistics of one feature and makes openpi's normaliser of them.</summary>
    /// <param name="path">The file, or the folder that holds it.</param>
    /// <param name="options">How to normalise; null is <c>NormalizationOptions.Named("openpi")</c>.</param>
    /// <param name="key">The feature.</param>
    /// <param name="dimensions">Takes the first D values of each field; null takes all.</param>
    /// <returns>The normaliser.</returns>
    /// <exception cref="ArgumentException">As <see cref="Read"/>.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">As <see cref="Read"/>, or the file lacks a field that the options need.</exception>
    public static ActionNormalizer ReadNormalizer(
        string path, NormalizationOptions? options = null, string key = "actions", int? dimensions = null) =>
        StatisticsFile.ToNormalizer(Read(path, key, dimensions), options ?? NormalizationOptions.Named("openpi"), File(path));

    /// <summary>Writes the statistics as they are; an existing file is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="statistics">Statistics with mean and std; q01 and q99 are written where they are there.</param>
    /// <param name="key">The feature.</param>
    /// <exception cref="ArgumentException">mean or std is missing, which openpi requires.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, ActionStatistics statistics, string key = "actions")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(statistics);
        ArgumentNullException.ThrowIfNull(key);
        if ((statistics.Mean is null ? "mean" : statistics.Std is null ? "std" : null) is { } missing)
            throw new ArgumentException($"the statistics have no {missing}, which openpi's file must hold", nameof(statistics));
        StatisticsFile.Replace(path, Serialize(key, statistics.Mean!, statistics.Std!, statistics.Q01, statistics.Q99));
    }

    /// <summary>The file with which openpi's own code normalises as a given normaliser does, clipping aside.</summary>
    /// <remarks>
    /// q01 and q99 are the ends that openpi's formula needs for that, with its epsilon already taken off. With
    /// <see cref="NormalizationFormula.OpenPi"/> they are the statistics themselves, weights aside. With mean and std as the method,
    /// a weight is in those too.
    /// </remarks>
    /// <returns>The content; null where mean or std is not known, or a dimension's range is no larger than the epsilon.</returns>
    internal static byte[]? Serialize(ActionNormalizer normalizer)
    {
        ActionStatistics statistics = normalizer.Statistics;
        if (statistics.Mean is null || statistics.Std is null) return null;

        double[] low = new double[normalizer.Dimensions], high = new double[normalizer.Dimensions];
        Array.Fill(high, -1);
        normalizer.Denormalize(high, low);
        for (int d = 0; d < low.Length; d++)
        {
            if (Ends(normalizer, d, low[d]) is not { } ends) return null;
            (low[d], high[d]) = ends;
        }

        var (mean, std) = Moments(normalizer);
        return Serialize("actions", mean, std, low, high);
    }

    private static byte[] Serialize(
        string key, IReadOnlyList<double> mean, IReadOnlyList<double> std, IReadOnlyList<double>? q01, IReadOnlyList<double>? q99) =>
        StatisticsFile.Serialize(Wrapper, key, [("mean", mean), ("std", std), ("q01", q01), ("q99", q99)], null);

    private static (double Low, double High)? Ends(ActionNormalizer normalizer, int d, double low)
    {
        NormalizationOptions options = normalizer.Options;
        bool plain = options.Mask?[d] != false && !IsWeighted(normalizer, d);
        if (options is { Formula: NormalizationFormula.OpenPi, Method: NormalizationMethod.Quantile01To99 } && plain)
            return (normalizer.Statistics.Q01![d], normalizer.Statistics.Q99![d]);

        // A constant must come out as 0, and any range around it does that.
        double range = 2 * normalizer.UnitSize[d];
        if (range == 0) (low, range) = (low - 0.5, 1);
        if (range > Epsilon) return (low, low + range - Epsilon);

        // A formula that divides a constant by an epsilon of its own: with equal ends openpi does the same.
        return options.Formula != NormalizationFormula.Exact && range <= 1e-8 ? (low, low) : null;
    }

    // For openpi without quantiles, which subtracts the one and divides by the other plus its epsilon.
    private static (double[] Mean, double[] Std) Moments(ActionNormalizer normalizer)
    {
        double[] mean = [.. normalizer.Statistics.Mean!], std = [.. normalizer.Statistics.Std!];
        for (int d = 0; d < mean.Length; d++)
        {
            if (normalizer.Options.Method == NormalizationMethod.MeanStd && IsWeighted(normalizer, d))
                (mean[d], std[d]) = (normalizer.Center[d], normalizer.UnitSize[d] - Epsilon);
        }

        return (mean, std);
    }

    private static bool IsWeighted(ActionNormalizer normalizer, int d) => normalizer.UnitSize[d] != normalizer.HalfRange[d];

    private static string File(string path) => Directory.Exists(path) ? Path.Combine(path, FileName) : path;
}
