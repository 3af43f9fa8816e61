using Fast.Tokenizer.Fuzz.Targets;

namespace Fast.Tokenizer.Fuzz;

/// <summary>All targets.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new TokenizerJson(), new ProcessorConfigJson(), new SavedTokenizer(), new OpenPiStatisticsFile(), new LeRobotStatisticsFile(),
        new LeRobotEpisodeStatistics(), new NpyArrays(), new NpzArchive(), new RecordingDescriptionFile(), new ParquetTables(),
        new LeRobotInfoFile(), new LeRobotEpisodeLines(), new LeRobotEpisodeTable(), new Hdf5Recording(), new TfRecords(),
        new RldsDescriptions(), new ArrowRecording(), new ArrowDescriptions(), new CsvTables(), new TokenIdLines(), new TokenManifest(),
        new TrainingConfiguration(), new CompletionLine(), new EncodedChunks(), new DecodedIds(),
        new ConstrainedIds(), new MergeLists(), new TrainingRuns(), new CountedParts(),
    ];

    public static FuzzTarget Named(string name) => All.FirstOrDefault(target => target.Name == name)
        ?? throw new ArgumentException($"there is no target '{name}': {string.Join(", ", All.Select(target => target.Name))}");
}
