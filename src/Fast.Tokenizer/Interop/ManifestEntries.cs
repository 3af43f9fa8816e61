using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;

namespace Fast.Tokenizer.Interop;

/// <summary>The parts of a tokenizer as entries of <c>fast_tokenizer.json</c>, and back.</summary>
/// <remarks>What is read is hostile until the constructor of its part took it.</remarks>
internal static class ManifestEntries
{
    private const string ManifestName = TokenizerFolder.ManifestName;

    private static readonly Dictionary<string, NormalizationMethod> _methods = new()
    {
        ["quantile_01_99"] = NormalizationMethod.Quantile01To99,
        ["quantile_10_90"] = NormalizationMethod.Quantile10To90,
        ["min_max"] = NormalizationMethod.MinMax,
        ["mean_std"] = NormalizationMethod.MeanStd,
        ["identity"] = NormalizationMethod.Identity,
    };

    private static readonly Dictionary<string, ActionReference> _references = new()
    {
        ["absolute"] = ActionReference.Absolute,
        ["state"] = ActionReference.State,
        ["previous"] = ActionReference.Previous,
    };

    /// <summary>The oldest schema version whose readers decode such a tokenizer rightly.</summary>
    public static int SchemaOf(FastTokenizerDefinition definition) =>
        definition.ActionSpace is not null || definition.Embodiments.Count > 0 || definition.Normalizer?.Horizon is not null
            ? FolderManifest.ActionSpaceSchema
        : definition.Reconstruction is not null ? FolderManifest.ReconstructionSchema
        : FolderManifest.FirstSchema;

    /// <summary>Reconstruction points as an entry.</summary>
    public static FolderManifest.ReconstructionEntry? Points(ReconstructionPoints? points) => points is null ? null : new()
    {
        Horizon = points.Shape.Horizon,
        Dimensions = points.Shape.Dimensions,
        Magnitudes = points.Magnitudes,
        Offsets = points.Offsets.ToArray(),
    };

    /// <summary>An action space as entries, one per dimension.</summary>
    public static FolderManifest.DimensionEntry[]? Space(ActionSpace? space) => space is null ? null :
    [
        .. space.Dimensions.Select(dimension => new FolderManifest.DimensionEntry
        {
            Encoded = dimension.Encoded,
            Fill = dimension.Fill,
            Reference = _references.First(reference => reference.Value == dimension.Reference).Key,
            StateIndex = dimension.StateIndex,
            Period = dimension.Period,
            PeriodStart = dimension.PeriodStart,
            Binary = dimension.Binary is not { } binary ? null : new FolderManifest.BinaryEntry
            {
                Low = binary.Low,
                High = binary.High,
                Threshold = binary.Threshold,
            },
        }),
    ];

    /// <summary>Embodiments as entries by name.</summary>
    public static SortedDictionary<string, FolderManifest.EmbodimentEntry> Embodiments(
        IReadOnlyDictionary<string, Embodiment> embodiments) => new(
            embodiments.ToDictionary(entry => entry.Key, entry => new FolderManifest.EmbodimentEntry
            {
                Normalization = entry.Value.Normalizer is { } normalizer ? Normalization(normalizer) : null,
                Actions = entry.Value.Metadata,
                ActionSpace = Space(entry.Value.ActionSpace),
                Reconstruction = Points(entry.Value.Reconstruction),
            }),
            StringComparer.Ordinal);

    /// <summary>A normaliser as an entry.</summary>
    public static FolderManifest.NormalizationEntry Normalization(ActionNormalizer normalizer) => new()
    {
        Method = _methods.First(method => method.Value == normalizer.Options.Method).Key,
        Formula = NormalizationOptions.FormulaNames.First(formula => formula.Value == normalizer.Options.Formula).Key,
        Clip = normalizer.Options.Clip,
        Mask = normalizer.Options.Mask,
        Weights = normalizer.Options.Weights,
        Horizon = normalizer.Horizon,
        Statistics = Statistics(normalizer.Statistics),
    };

    /// <summary>Statistics as an entry.</summary>
    public static FolderManifest.StatisticsEntry Statistics(ActionStatistics statistics) => new()
    {
        Count = statistics.Count,
        Min = statistics.Min,
        Max = statistics.Max,
        Mean = statistics.Mean,
        Std = statistics.Std,
        Q01 = statistics.Q01,
        Q10 = statistics.Q10,
        Q50 = statistics.Q50,
        Q90 = statistics.Q90,
        Q99 = statistics.Q99,
    };

    /// <summary>The statistics that an entry says.</summary>
    /// <exception cref="ArgumentException">They cannot be.</exception>
    public static ActionStatistics Statistics(FolderManifest.StatisticsEntry entry) => new(
        entry.Count, entry.Min, entry.Max, entry.Mean, entry.Std, entry.Q01, entry.Q10, entry.Q50, entry.Q90, entry.Q99);

    /// <summary>The points that an entry says.</summary>
    /// <exception cref="InvalidDataException">It holds what is not known, or what its schema version does not have.</exception>
    public static ReconstructionPoints Points(FolderManifest.ReconstructionEntry entry, int schema, string directory) =>
        schema >= FolderManifest.ReconstructionSchema
            ? new ReconstructionPoints(new ActionShape(entry.Horizon, entry.Dimensions), entry.Magnitudes, [.. entry.Offsets])
            : throw new InvalidDataException(
                $"{directory}: {ManifestName} has reconstruction points, which schema version {schema} does not have");

    /// <summary>The action space that entries say.</summary>
    /// <exception cref="InvalidDataException">It holds what is not known, or what its schema version does not have.</exception>
    public static ActionSpace Space(IReadOnlyList<FolderManifest.DimensionEntry> entries, int schema, string directory)
    {
        RequireSchema(schema, "an action space", directory);
        return new ActionSpace([.. entries.Select((entry, d) => entry is null
            ? throw new InvalidDataException($"{directory}: {ManifestName} has an action space without an entry for dimension {d}")
            : new ActionDimension
            {
                Encoded = entry.Encoded,
                Fill = entry.Fill,
                Reference = _references.TryGetValue(entry.Reference, out ActionReference reference)
                    ? reference
                    : throw new InvalidDataException(
                        $"{directory}: the reference '{entry.Reference}' of dimension {d} is not known; it is one of "
                        + string.Join(", ", _references.Keys)),
                StateIndex = entry.StateIndex,
                Period = entry.Period,
                PeriodStart = entry.PeriodStart,
                Binary = entry.Binary is not { } binary ? null : new BinaryValues(binary.Low, binary.High) { Threshold = binary.Threshold },
            })]);
    }

    /// <summary>The embodiments that entries say.</summary>
    /// <exception cref="InvalidDataException">It holds what is not known, or what its schema version does not have.</exception>
    public static Dictionary<string, Embodiment> Embodiments(
        SortedDictionary<string, FolderManifest.EmbodimentEntry> entries, int schema, string directory)
    {
        RequireSchema(schema, "embodiments", directory);
        if (entries.Count == 0) throw new InvalidDataException($"{directory}: {ManifestName} has embodiments, but none of them");
        var embodiments = new Dictionary<string, Embodiment>(StringComparer.Ordinal);
        foreach ((string name, FolderManifest.EmbodimentEntry? entry) in entries)
        {
            if (entry is null) throw new InvalidDataException($"{directory}: {ManifestName} has nothing for embodiment '{name}'");
            string place = $"{directory}: embodiment '{name}'";
            try
            {
                embodiments[name] = new Embodiment
                {
                    Normalizer = entry.Normalization is { } normalization ? Normalizer(normalization, schema, place) : null,
                    Metadata = entry.Actions,
                    ActionSpace = entry.ActionSpace is { } space ? Space(space, schema, place) : null,
                    Reconstruction = entry.Reconstruction is { } points ? Points(points, schema, place) : null,
                };
            }
            catch (ArgumentException problem)
            {
                throw new InvalidDataException($"{place}: {problem.Message}", problem);
            }
        }

        return embodiments;
    }

    private static void RequireSchema(int schema, string what, string directory)
    {
        if (schema < FolderManifest.ActionSpaceSchema)
            throw new InvalidDataException($"{directory}: {ManifestName} has {what}, which schema version {schema} does not have");
    }

    /// <summary>The normaliser that an entry says.</summary>
    /// <exception cref="InvalidDataException">It holds what is not known, or what its schema version does not have.</exception>
    public static ActionNormalizer Normalizer(FolderManifest.NormalizationEntry entry, int schema, string directory)
    {
        if (entry.Horizon is not null) RequireSchema(schema, "statistics per time step", directory);
        if (!_methods.TryGetValue(entry.Method, out NormalizationMethod method))
            throw new InvalidDataException($"{directory}: the normalization '{entry.Method}' is not known");
        if (!NormalizationOptions.FormulaNames.TryGetValue(entry.Formula, out NormalizationFormula formula))
            throw new InvalidDataException($"{directory}: the normalization formula '{entry.Formula}' is not known");
        return new ActionNormalizer(
            Statistics(entry.Statistics),
            new NormalizationOptions
            {
                Method = method,
                Formula = formula,
                Clip = entry.Clip,
                Mask = entry.Mask,
                Weights = entry.Weights,
                PerTimestep = entry.Horizon is not null,
            },
            entry.Horizon);
    }
}
