using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Datasets.Rlds;

/// <summary>The features that make up an action or a state, one behind the other in each step.</summary>
/// <param name="keys">Their names, at least one.</param>
/// <param name="option">The choice that names them, for messages.</param>
/// <param name="declared">What <c>features.json</c> declares; null where there is none.</param>
internal sealed class RldsSelection(IReadOnlyList<string> keys, string option, IReadOnlyDictionary<string, RldsFeature>? declared)
{
    private const string Steps = "steps/";

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> Keys { get; } = keys;

    /// <summary>Names of the dimensions, where there are several features, whose names say more than numbers do.</summary>
    public IReadOnlyList<string>? DimensionNames { get; } =
        declared is not null && keys.Count > 1 ? NamesOf(keys, declared) : null;

    /// <summary>Checks the names against what is declared.</summary>
    /// <param name="given">A name, or several with commas; <c>steps/</c> may be left out.</param>
    /// <param name="option">The choice that names them, for messages.</param>
    /// <param name="declared">What is declared; null where nothing is, and the records must tell.</param>
    /// <param name="place">What declares it, for messages.</param>
    /// <exception cref="InvalidDataException">There is no such feature, or it does not hold numbers of each step.</exception>
    public static RldsSelection Of(string given, string option, IReadOnlyDictionary<string, RldsFeature>? declared, string place)
    {
        string[] keys = given.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (keys.Length == 0) throw new ArgumentException($"the {option} '{given}' names nothing");
        for (int i = 0; i < keys.Length; i++)
        {
            if (!keys[i].StartsWith(Steps, StringComparison.Ordinal)) keys[i] = Steps + keys[i];
            if (declared is null) continue;
            if (!declared.TryGetValue(keys[i], out RldsFeature? feature)) throw Missing(place, keys[i], option, declared.Keys);
            if (feature.Fault is not null)
                throw new InvalidDataException($"{place}: '{keys[i]}' {feature.Fault}; the {option} must name numbers of each step");
        }

        return new RldsSelection(keys, option, declared);
    }

    /// <summary>Puts the features of a record together.</summary>
    /// <param name="features">What was read.</param>
    /// <param name="steps">Steps, where they are known; -1 where not.</param>
    /// <param name="place">File and record, for messages.</param>
    /// <returns>Row-major <c>[steps, dimensions]</c>.</returns>
    /// <exception cref="InvalidDataException">A feature is missing, of another kind, or not of whole steps.</exception>
    public (double[] Values, int Steps, int Dimensions) Join(Dictionary<string, FeatureValues?> features, int steps, string place)
    {
        var parts = new List<(double[] Values, int Dimensions)>(Keys.Count);
        int total = 0;
        foreach (string key in Keys)
        {
            if (!features.TryGetValue(key, out FeatureValues? feature) || feature is null) throw Missing(place, key, option, features.Keys);
            RldsFeature? expected = declared?[key];
            CheckKind(feature.Kind, expected?.Kind, key, place);
            int dimensions = DimensionsOf(feature.Values.Length, ref steps, expected?.Dimensions, key, place);
            parts.Add((feature.Values, dimensions));
            total += dimensions;
        }

        if (parts is [var only]) return (only.Values, steps, only.Dimensions);
        double[] joined = new double[steps * total];
        int at = 0;
        foreach ((double[] values, int dimensions) in parts)
        {
            for (int step = 0; step < steps; step++)
                values.AsSpan(step * dimensions, dimensions).CopyTo(joined.AsSpan((step * total) + at));
            at += dimensions;
        }

        return (joined, steps, total);
    }

    private static string[] NamesOf(IReadOnlyList<string> keys, IReadOnlyDictionary<string, RldsFeature> declared)
    {
        string[] names = [.. keys.Select(key => key[(key.LastIndexOf('/') + 1)..])];
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Length) names = [.. keys.Select(key => key[Steps.Length..])];
        return
        [
            .. names.Zip(keys).SelectMany(part => declared[part.Second].Dimensions is > 1 and var dimensions
                ? Enumerable.Range(0, dimensions).Select(i => $"{part.First}[{i}]")
                : [part.First]),
        ];
    }

    private static InvalidDataException Missing(string place, string key, string option, IEnumerable<string> known)
    {
        string[] steps = [.. known.Where(name => name.StartsWith(Steps, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        string[] parts = [.. steps.Where(name => name.StartsWith(key + "/", StringComparison.Ordinal))];
        return parts.Length == 0
            ? MissingColumn.Of(place, key, option, steps)
            : new InvalidDataException(
                $"{place}: '{key}' is a dictionary of {string.Join(", ", parts.Take(40).Select(part => $"'{ForeignText.Shown(part)}'"))}; "
                + $"give the {option} with those to take, in their order, with commas between them");
    }

    private static void CheckKind(FeatureKind kind, FeatureKind? expected, string key, string place)
    {
        if (kind == FeatureKind.Bytes) throw new InvalidDataException($"{place}: '{key}' holds bytes, not numbers");
        if (expected is not null && kind != FeatureKind.None && kind != expected)
        {
            throw new InvalidDataException(
                $"{place}: '{key}' holds {Name(kind)}, but {RldsFeatures.FileName} declares {Name(expected.Value)}");
        }
    }

    private static string Name(FeatureKind kind) => kind == FeatureKind.Float ? "floating point numbers" : "integers";

    private static int DimensionsOf(int count, ref int steps, int? declared, string key, string place)
    {
        int dimensions = declared ?? (steps > 0 && count % steps == 0 ? count / steps : 0);
        if (dimensions == 0)
        {
            throw new InvalidDataException(steps > 0
                ? $"{place}: '{key}' has {count} values, no whole number for each of the {steps} steps of 'steps/is_first'"
                : $"{place}: nothing says how many values '{key}' has per step; "
                    + $"put the data set's {RldsFeatures.FileName} beside the file");
        }

        if (count % dimensions != 0)
            throw new InvalidDataException(
                $"{place}: '{key}' has {count} values, which are no whole number of steps of {dimensions} dimensions");
        if (steps >= 0 && steps != count / dimensions)
            throw new InvalidDataException(
                $"{place}: '{key}' has {count / dimensions} steps of {dimensions} dimensions, but the record has {steps}");
        steps = count / dimensions;
        return dimensions;
    }
}
