using System.Collections.ObjectModel;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fast.Tokenizer.Actions;
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
    /// <summary>The file that holds what the Hugging Face files cannot.</summary>
    public const string ManifestName = "fast_tokenizer.json";
    private const string TokenizerName = "tokenizer.json";
    private const string ProcessorName = "processor_config.json";
    private const string TokenizerConfigName = "tokenizer_config.json";
    private const string SpecialTokensName = "special_tokens_map.json";
    private const string TrainingConfigurationName = "train.json";
    private const string ChecksumPrefix = "sha256:";
    private const string IntegerType = "integer";
    private const string ByteLevelType = "byte_level";
    private const int MaxFileLength = 64 << 20;
    private const int MostAttempts = 100;

    private static readonly HashSet<string> _names =
    [
        ManifestName, TokenizerName, ProcessorName, TokenizerConfigName, SpecialTokensName, OpenPiStatistics.FileName,
        LeRobotStatistics.FileName, TrainingConfigurationName,
    ];

    private static readonly Dictionary<string, CoefficientOrder> _orders = new()
    {
        ["frequency_major"] = CoefficientOrder.FrequencyMajor,
        ["dimension_major"] = CoefficientOrder.DimensionMajor,
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
        // What checksums are over is whole. Anything else, a missing file too, counts if the folder was the same before and after.
        (string? Place, string? Manifest) before = default;
        for (int attempt = 1; ; attempt++, before = Look(directory))
        {
            try
            {
                string folder = ReplacedDirectory.Find(directory)
                    ?? throw new DirectoryNotFoundException($"there is no tokenizer folder {directory}");
                if (File.Exists(Path.Combine(folder, ManifestName))) return ReadSealed(folder);
                if (attempt == 1) before = Look(directory);
                FastTokenizerDefinition published = LoadPublished(folder);
                bool isPublished = before.Manifest is null && Look(directory) == before;
                if (isPublished || attempt == MostAttempts) return published;
            }
            catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException
                && attempt < MostAttempts && Look(directory) != before)
            {
                // A save came; or nobody has looked before, and a save may have come.
            }
        }
    }

    // All that tells one save from another. The manifest, too: the clock of a file system may stand still from one save to the next.
    private static (string Place, string? Manifest) Look(string directory)
    {
        (string? folder, string place) = ReplacedDirectory.Look(directory);
        return (place, folder is not null && ManifestBytes(folder) is { } manifest ? Hash(manifest) : null);
    }

    private static byte[]? ManifestBytes(string folder)
    {
        try
        {
            return ReadBounded(Path.Combine(folder, ManifestName));
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static FastTokenizerDefinition ReadSealed(string directory)
    {
        FolderManifest manifest = ReadManifest(Path.Combine(directory, ManifestName));
        var contents = manifest.Files.ToDictionary(file => file.Key, file => ReadChecked(directory, file.Key, file.Value));
        try
        {
            return Assemble(manifest, contents, directory);
        }
        catch (ArgumentException problem)
        {
            throw new InvalidDataException($"{directory}: {problem.Message}", problem);
        }
        catch (Exception problem) when (JsonProblem.Is(problem))
        {
            throw new InvalidDataException($"{directory}: {JsonProblem.Describe(problem)}", problem);
        }
    }

    private static FastTokenizerDefinition Assemble(FolderManifest manifest, Dictionary<string, byte[]> contents, string directory)
    {
        byte[] Content(string name) => contents.TryGetValue(name, out byte[]? content)
            ? content
            : throw new InvalidDataException($"{Path.Combine(directory, ManifestName)} does not list {name}");

        string processorPath = Path.Combine(directory, ProcessorName), tokenizerPath = Path.Combine(directory, TokenizerName);
        FastTokenizerDefinition published =
            PublishedFolder.Read(Content(TokenizerName), tokenizerPath, Content(ProcessorName), processorPath);
        RequireSameAlphabet(manifest.Alphabet, published.Alphabet, directory);

        int schema = manifest.SchemaVersion;
        FastTokenizerDefinition definition = published with
        {
            Scale = manifest.Scale,
            Order = _orders.TryGetValue(manifest.Order, out CoefficientOrder order)
                ? order
                : throw new InvalidDataException($"{directory}: the order '{manifest.Order}' is not known"),
            Reconstruction = manifest.Reconstruction is { } points ? ManifestEntries.Points(points, schema, directory) : null,
            Normalizer = manifest.Normalization is { } entry ? ManifestEntries.Normalizer(entry, schema, directory) : null,
            Metadata = manifest.Actions,
            ActionSpace = manifest.ActionSpace is { } space ? ManifestEntries.Space(space, schema, directory) : null,
            Embodiments = manifest.Embodiments is { } embodiments
                ? ManifestEntries.Embodiments(embodiments, schema, directory)
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
        catch (Exception problem) when (JsonProblem.Is(problem))
        {
            throw new InvalidDataException($"{path}: {JsonProblem.Describe(problem)}", problem);
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
        SchemaVersion = ManifestEntries.SchemaOf(definition),
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
        Reconstruction = ManifestEntries.Points(definition.Reconstruction),
        Normalization = definition.Normalizer is { } normalizer ? ManifestEntries.Normalization(normalizer) : null,
        Actions = definition.Metadata,
        ActionSpace = ManifestEntries.Space(definition.ActionSpace),
        Embodiments = definition.Embodiments.Count == 0 ? null : ManifestEntries.Embodiments(definition.Embodiments),
        Training = definition.Training,
    };

    private static byte[] Seal(FolderManifest manifest)
    {
        byte[] bytes = Lines(JsonSerializer.SerializeToUtf8Bytes(manifest, FolderManifestJson.Default.FolderManifest));
        int start = ChecksumStart(bytes, ManifestName);
        Encoding.ASCII.GetBytes(Hash(bytes), bytes.AsSpan(start));
        return bytes;
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
