using System.Collections.ObjectModel;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Interop;

/// <summary>
/// A saved tokenizer: a Hugging Face folder that Python loads as it is, with <c>fast_tokenizer.json</c> beside it where it was saved here.
/// </summary>
/// <remarks>
/// The Hugging Face files hold the vocabulary, the scale and <c>min_token</c>; <c>fast_tokenizer.json</c> holds statistics, names and
/// facts, and SHA-256 checksums over all files, so that a damaged or edited folder is noticed. For Python, which cannot read the statistics
/// there, <c>norm_stats.json</c> holds the ends with which openpi's formula normalises as this tokenizer does (clipping aside), and
/// <c>stats.json</c> the statistics themselves as LeRobot keeps them, or those that LeRobot's formula needs where there are weights; each
/// where the statistics suffice. Loading reads neither.
/// </remarks>
internal static class TokenizerFolder
{
    private const string ManifestName = "fast_tokenizer.json";
    private const string TokenizerName = "tokenizer.json";
    private const string ProcessorName = "processor_config.json";
    private const string TokenizerConfigName = "tokenizer_config.json";
    private const string SpecialTokensName = "special_tokens_map.json";
    private const string TrainingConfigurationName = "train.json";
    private const string ChecksumPrefix = "sha256:";
    private const string IntegerType = "integer";
    private const string ByteLevelType = "byte_level";
    private const int MaxFileLength = 64 << 20;

    private static readonly HashSet<string> _names =
    [
        ManifestName, TokenizerName, ProcessorName, TokenizerConfigName, SpecialTokensName, OpenPiStatistics.FileName,
        LeRobotStatistics.FileName, TrainingConfigurationName,
    ];

    private static readonly Dictionary<string, NormalizationMethod> _methods = new()
    {
        ["quantile_01_99"] = NormalizationMethod.Quantile01To99,
        ["quantile_10_90"] = NormalizationMethod.Quantile10To90,
        ["min_max"] = NormalizationMethod.MinMax,
        ["mean_std"] = NormalizationMethod.MeanStd,
        ["identity"] = NormalizationMethod.Identity,
    };

    private static readonly Dictionary<string, CoefficientOrder> _orders = new()
    {
        ["frequency_major"] = CoefficientOrder.FrequencyMajor,
        ["dimension_major"] = CoefficientOrder.DimensionMajor,
    };

    private static readonly Dictionary<string, ActionReference> _references = new()
    {
        ["absolute"] = ActionReference.Absolute,
        ["state"] = ActionReference.State,
        ["previous"] = ActionReference.Previous,
    };

    /// <summary>Writes a folder, whole or not at all. An existing tokenizer folder is replaced.</summary>
    /// <param name="definition">What to write.</param>
    /// <param name="directory">The folder; its parents are made where they are missing.</param>
    /// <param name="trainingConfiguration">What goes beside it as <c>train.json</c>, which no checksum is over; or null.</param>
    /// <exception cref="ArgumentException">The parts do not fit each other.</exception>
    /// <exception cref="IOException">The folder cannot be written, or holds files that are not a tokenizer's.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write there.</exception>
    public static void Save(FastTokenizerDefinition definition, string directory, byte[]? trainingConfiguration = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);

        // What cannot be used cannot be loaded again either, and must not replace a folder that can.
        _ = new FastActionTokenizer(definition);
        List<(string Name, byte[] Content)> files = Files(definition);
        files.Add((ManifestName, Seal(Manifest(definition, files))));
        if (trainingConfiguration is not null) files.Add((TrainingConfigurationName, trainingConfiguration));
        ReplacedDirectory.Write(directory, files, _names);
    }

    /// <summary>The checksum that a folder of this tokenizer has.</summary>
    public static string ChecksumOf(FastTokenizerDefinition definition)
    {
        byte[] manifest = Seal(Manifest(definition, Files(definition)));
        return ChecksumPrefix + Encoding.ASCII.GetString(manifest, ChecksumStart(manifest, ManifestName), SHA256.HashSizeInBytes * 2);
    }

    private static List<(string Name, byte[] Content)> Files(FastTokenizerDefinition definition)
    {
        List<(string Name, byte[] Content)> files =
        [
            (TokenizerName, HuggingFaceTokenizerWriter.Write(definition.Alphabet, definition.Vocabulary)),
            (ProcessorName, Lines(JsonSerializer.SerializeToUtf8Bytes(Processor(definition), HuggingFaceConfigJson.Default.ProcessorConfig))),
            (TokenizerConfigName,
                Lines(JsonSerializer.SerializeToUtf8Bytes(
                    PretrainedConfig(definition), HuggingFaceConfigJson.Default.PretrainedTokenizerConfig))),
            (SpecialTokensName, "{}\n"u8.ToArray()),
        ];
        if (definition.Normalizer is { Horizon: null } normalizer)
        {
            if (OpenPiStatistics.Serialize(normalizer) is { } openPi) files.Add((OpenPiStatistics.FileName, openPi));
            if (LeRobotStatistics.Serialize(normalizer) is { } leRobot) files.Add((LeRobotStatistics.FileName, leRobot));
        }

        return files;
    }

    /// <summary>Reads a folder.</summary>
    /// <param name="directory">The folder.</param>
    /// <returns>What the folder holds.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">A file is missing, damaged, edited, or from a newer version of the format.</exception>
    public static FastTokenizerDefinition Load(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        if (!Directory.Exists(directory)) throw new DirectoryNotFoundException($"there is no tokenizer folder {directory}");

        string manifestPath = Path.Combine(directory, ManifestName);
        if (!File.Exists(manifestPath)) return LoadPublished(directory);

        FolderManifest manifest = ReadManifest(manifestPath);
        var contents = manifest.Files.ToDictionary(file => file.Key, file => ReadChecked(directory, file.Key, file.Value));
        try
        {
            return Assemble(manifest, contents, directory);
        }
        catch (Exception problem) when (problem is ArgumentException or JsonException)
        {
            throw new InvalidDataException($"{directory}: {problem.Message}", problem);
        }
    }

    private static FastTokenizerDefinition Assemble(FolderManifest manifest, Dictionary<string, byte[]> contents, string directory)
    {
        byte[] Content(string name) => contents.TryGetValue(name, out byte[]? content)
            ? content
            : throw new InvalidDataException($"{Path.Combine(directory, ManifestName)} does not list {name}");

        string processorPath = Path.Combine(directory, ProcessorName), tokenizerPath = Path.Combine(directory, TokenizerName);
        FastTokenizerDefinition published = PublishedFolder.Read(Content(TokenizerName), tokenizerPath, Content(ProcessorName), processorPath);
        RequireSameAlphabet(manifest.Alphabet, published.Alphabet, directory);

        FastTokenizerDefinition definition = published with
        {
            Scale = manifest.Scale,
            Order = _orders.TryGetValue(manifest.Order, out CoefficientOrder order)
                ? order
                : throw new InvalidDataException($"{directory}: the order '{manifest.Order}' is not known"),
            Reconstruction = manifest.Reconstruction is { } points ? Points(points, manifest.SchemaVersion, directory) : null,
            Normalizer = manifest.Normalization is { } entry ? Normalizer(entry, manifest.SchemaVersion, directory) : null,
            Metadata = manifest.Actions,
            ActionSpace = manifest.ActionSpace is { } space ? Space(space, manifest.SchemaVersion, directory) : null,
            Embodiments = manifest.Embodiments is { } embodiments
                ? Embodiments(embodiments, manifest.SchemaVersion, directory)
                : ReadOnlyDictionary<string, Embodiment>.Empty,
            Training = manifest.Training,
        };
        _ = new FastActionTokenizer(definition);
        ProcessorConfig? processor = JsonSerializer.Deserialize(Content(ProcessorName), HuggingFaceConfigJson.Default.ProcessorConfig);
        return processor == Processor(definition)
            ? definition
            : throw new InvalidDataException($"{Path.Combine(directory, ProcessorName)} and {ManifestName} do not agree "
                + $"on scale, min_token, vocab_size, time_horizon (actions.horizon) or action_dim (actions.dimensions)");
    }

    private static void RequireSameAlphabet(FolderManifest.AlphabetEntry said, CoefficientAlphabet found, string directory)
    {
        string type = found is IntegerAlphabet ? IntegerType : ByteLevelType;
        if (said.Type != type)
        {
            throw new InvalidDataException(
                $"{directory}: {ManifestName} says that the alphabet is '{said.Type}', {TokenizerName} has one of type '{type}'");
        }

        if (said.MinCoefficient != found.MinCoefficient || said.MaxCoefficient != found.MaxCoefficient)
        {
            throw new InvalidDataException(
                $"{directory}: {ManifestName} says that the alphabet reaches from {said.MinCoefficient} to {said.MaxCoefficient}, "
                + $"{TokenizerName} and min_token in {ProcessorName} give {found.MinCoefficient} to {found.MaxCoefficient}");
        }
    }

    private static FastTokenizerDefinition LoadPublished(string directory)
    {
        string tokenizerPath = Path.Combine(directory, TokenizerName), processorPath = Path.Combine(directory, ProcessorName);
        foreach (string path in (ReadOnlySpan<string>)[tokenizerPath, processorPath])
        {
            if (!File.Exists(path))
                throw new InvalidDataException($"{directory} is not a tokenizer folder: it has no {Path.GetFileName(path)}");
        }

        // Python's processor does not write these: a saved folder lost its manifest, and would lose its statistics.
        foreach (string name in (ReadOnlySpan<string>)[OpenPiStatistics.FileName, LeRobotStatistics.FileName])
        {
            if (File.Exists(Path.Combine(directory, name)))
            {
                throw new InvalidDataException(
                    $"{directory} holds {name} but no {ManifestName}: copy that file too, or the statistics would be lost");
            }
        }

        return PublishedFolder.Read(ReadBounded(tokenizerPath), tokenizerPath, ReadBounded(processorPath), processorPath);
    }

    private static FolderManifest ReadManifest(string path)
    {
        byte[] bytes = ReadBounded(path);
        try
        {
            int start = ChecksumStart(bytes, path);
            FolderManifest manifest = JsonSerializer.Deserialize(bytes, FolderManifestJson.Default.FolderManifest)
                ?? throw new InvalidDataException($"{path} is empty");
            bytes.AsSpan(start, SHA256.HashSizeInBytes * 2).Fill((byte)'0');
            if (manifest.Checksum != ChecksumPrefix + Hash(bytes))
            {
                throw new InvalidDataException(
                    $"{path} was changed after it was saved: its checksum does not agree; save the tokenizer again instead of editing it");
            }

            return manifest;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // Half a surrogate pair in a name is an InvalidOperationException of the reader.
            throw new InvalidDataException($"{path}: {problem.Message}", problem);
        }
    }

    // Finds the digits of the checksum, and refuses a newer schema before the layout is taken for known.
    private static int ChecksumStart(ReadOnlySpan<byte> json, string path)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 16 });
        int start = -1, schema = -1;
        while (reader.Read())
        {
            if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName) continue;
            bool isChecksum = reader.ValueTextEquals("checksum"u8), isSchema = reader.ValueTextEquals("schema_version"u8);
            reader.Read();
            if (isSchema && reader.TokenType == JsonTokenType.Number) reader.TryGetInt32(out schema);
            if (isChecksum && reader.TokenType == JsonTokenType.String
                && reader.ValueSpan.Length == ChecksumPrefix.Length + (SHA256.HashSizeInBytes * 2))
                start = (int)reader.TokenStartIndex + 1 + ChecksumPrefix.Length;
        }

        if (schema > FolderManifest.CurrentSchema)
        {
            throw new InvalidDataException(
                $"{path} has schema version {schema}, this library reads up to {FolderManifest.CurrentSchema}: update the library");
        }

        if (schema < 1) throw new InvalidDataException($"{path} has no valid schema_version");
        return start >= 0 ? start : throw new InvalidDataException($"{path} has no valid checksum");
    }

    private static byte[] ReadChecked(string directory, string name, string expected)
    {
        string path = Path.Combine(directory, name);
        if (!_names.Contains(name))
            throw new InvalidDataException($"{Path.Combine(directory, ManifestName)} lists '{name}', which is not part of a tokenizer");
        if (!File.Exists(path)) throw new InvalidDataException($"{directory} is not complete: {name} is missing");
        byte[] bytes = ReadBounded(path);
        return ChecksumPrefix + Hash(bytes) == expected
            ? bytes
            : throw new InvalidDataException($"{path} was changed after the tokenizer was saved: its checksum does not agree; "
                + $"save the tokenizer again instead of editing it");
    }

    private static byte[] ReadBounded(string path)
    {
        long length = new FileInfo(path).Length;
        return length <= MaxFileLength
            ? File.ReadAllBytes(path) : throw new InvalidDataException($"{path} has {length} bytes, at most {MaxFileLength} are read");
    }

    private static FolderManifest Manifest(FastTokenizerDefinition definition, List<(string Name, byte[] Content)> files) => new()
    {
        SchemaVersion = Schema(definition),
        Checksum = ChecksumPrefix + new string('0', SHA256.HashSizeInBytes * 2),
        Files = new SortedDictionary<string, string>(
            files.ToDictionary(file => file.Name, file => ChecksumPrefix + Hash(file.Content)), StringComparer.Ordinal),
        Alphabet = new FolderManifest.AlphabetEntry
        {
            Type = definition.Alphabet is IntegerAlphabet ? IntegerType : ByteLevelType,
            MinCoefficient = definition.Alphabet.MinCoefficient,
            MaxCoefficient = definition.Alphabet.MaxCoefficient,
        },
        Scale = definition.Scale,
        Order = _orders.First(order => order.Value == definition.Order).Key,
        Reconstruction = Points(definition.Reconstruction),
        Normalization = definition.Normalizer is { } normalizer ? Normalization(normalizer) : null,
        Actions = definition.Metadata,
        ActionSpace = Space(definition.ActionSpace),
        Embodiments = definition.Embodiments.Count == 0 ? null : Embodiments(definition.Embodiments),
        Training = definition.Training,
    };

    private static int Schema(FastTokenizerDefinition definition) =>
        definition.ActionSpace is not null || definition.Embodiments.Count > 0 || definition.Normalizer?.Horizon is not null
            ? FolderManifest.ActionSpaceSchema
        : definition.Reconstruction is not null ? FolderManifest.ReconstructionSchema
        : FolderManifest.FirstSchema;

    private static FolderManifest.ReconstructionEntry? Points(ReconstructionPoints? points) => points is null ? null : new()
    {
        Horizon = points.Shape.Horizon,
        Dimensions = points.Shape.Dimensions,
        Magnitudes = points.Magnitudes,
        Offsets = points.Offsets.ToArray(),
    };

    private static FolderManifest.DimensionEntry[]? Space(ActionSpace? space) => space is null ? null :
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

    private static SortedDictionary<string, FolderManifest.EmbodimentEntry> Embodiments(
        IReadOnlyDictionary<string, Embodiment> embodiments) => new(
            embodiments.ToDictionary(entry => entry.Key, entry => new FolderManifest.EmbodimentEntry
            {
                Normalization = entry.Value.Normalizer is { } normalizer ? Normalization(normalizer) : null,
                Actions = entry.Value.Metadata,
                ActionSpace = Space(entry.Value.ActionSpace),
                Reconstruction = Points(entry.Value.Reconstruction),
            }),
            StringComparer.Ordinal);

    private static byte[] Seal(FolderManifest manifest)
    {
        byte[] bytes = Lines(JsonSerializer.SerializeToUtf8Bytes(manifest, FolderManifestJson.Default.FolderManifest));
        int start = ChecksumStart(bytes, ManifestName);
        Encoding.ASCII.GetBytes(Hash(bytes), bytes.AsSpan(start));
        return bytes;
    }

    private static FolderManifest.NormalizationEntry Normalization(ActionNormalizer normalizer) => new()
    {
        Method = _methods.First(method => method.Value == normalizer.Options.Method).Key,
        Formula = NormalizationOptions.FormulaNames.First(formula => formula.Value == normalizer.Options.Formula).Key,
        Clip = normalizer.Options.Clip,
        Mask = normalizer.Options.Mask,
        Weights = normalizer.Options.Weights,
        Horizon = normalizer.Horizon,
        Statistics = new FolderManifest.StatisticsEntry
        {
            Count = normalizer.Statistics.Count,
            Min = normalizer.Statistics.Min,
            Max = normalizer.Statistics.Max,
            Mean = normalizer.Statistics.Mean,
            Std = normalizer.Statistics.Std,
            Q01 = normalizer.Statistics.Q01,
            Q10 = normalizer.Statistics.Q10,
            Q50 = normalizer.Statistics.Q50,
            Q90 = normalizer.Statistics.Q90,
            Q99 = normalizer.Statistics.Q99,
        },
    };

    private static ReconstructionPoints Points(FolderManifest.ReconstructionEntry entry, int schema, string directory) =>
        schema >= FolderManifest.ReconstructionSchema
            ? new ReconstructionPoints(new ActionShape(entry.Horizon, entry.Dimensions), entry.Magnitudes, [.. entry.Offsets])
            : throw new InvalidDataException(
                $"{directory}: {ManifestName} has reconstruction points, which schema version {schema} does not have");

    private static ActionSpace Space(IReadOnlyList<FolderManifest.DimensionEntry> entries, int schema, string directory)
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

    private static Dictionary<string, Embodiment> Embodiments(
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

    private static ActionNormalizer Normalizer(FolderManifest.NormalizationEntry entry, int schema, string directory)
    {
        if (entry.Horizon is not null) RequireSchema(schema, "statistics per time step", directory);
        if (!_methods.TryGetValue(entry.Method, out NormalizationMethod method))
            throw new InvalidDataException($"{directory}: the normalization '{entry.Method}' is not known");
        if (!NormalizationOptions.FormulaNames.TryGetValue(entry.Formula, out NormalizationFormula formula))
            throw new InvalidDataException($"{directory}: the normalization formula '{entry.Formula}' is not known");
        FolderManifest.StatisticsEntry s = entry.Statistics;
        var statistics = new ActionStatistics(s.Count, s.Min, s.Max, s.Mean, s.Std, s.Q01, s.Q10, s.Q50, s.Q90, s.Q99);
        return new ActionNormalizer(
            statistics,
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

    private static ProcessorConfig Processor(FastTokenizerDefinition definition) => new()
    {
        ActionDim = definition.ActionSpace?.EncodedDimensions.Count ?? definition.Metadata.Dimensions,
        AutoMap = AutoMap(definition),
        MinToken = MinToken(definition.Alphabet),
        ProcessorClass = ProcessorClass(definition),
        Scale = definition.Scale,
        TimeHorizon = definition.Metadata.Horizon,
        VocabSize = definition.Vocabulary.Count,
    };

    private static PretrainedTokenizerConfig PretrainedConfig(FastTokenizerDefinition definition) => new()
    {
        AutoMap = AutoMap(definition),
        ProcessorClass = ProcessorClass(definition),
        TokenizerClass = "PreTrainedTokenizerFast",
    };

    private static int MinToken(CoefficientAlphabet alphabet) =>
        alphabet is IntegerAlphabet integers ? IntegerAlphabetText.MinToken(integers) : alphabet.MinCoefficient;

    // The published processor knows one order of coefficients, and decodes them as integers. Otherwise it would give wrong actions, so it
    // is not named at all.
    private static bool IsPublished(FastTokenizerDefinition definition) =>
        definition.Order == CoefficientOrder.FrequencyMajor && definition.Reconstruction is null;

    private static ProcessorConfig.AutoMapEntry? AutoMap(FastTokenizerDefinition definition) => IsPublished(definition)
        ? new ProcessorConfig.AutoMapEntry { AutoProcessor = ProcessorConfig.AutoMapEntry.Published }
        : null;

    private static string? ProcessorClass(FastTokenizerDefinition definition) =>
        IsPublished(definition) ? "UniversalActionProcessor" : null;

    private static byte[] Lines(byte[] json) => [.. json, (byte)'\n'];

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
