using System.Globalization;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;

namespace Fast.Tokenizer.Training.Parts;

/// <summary>
/// A file that holds what a training counts of some episodes, so that a training can be counted on many machines. Immutable.
/// </summary>
/// <remarks>
/// <para>In a first pass each machine counts statistics of its episodes, a shard; the parts are merged. In a second pass each counts the
/// coefficients of its shard under the merged statistics; these parts are merged too, and a tokenizer is trained on them.
/// With exact statistics it is byte for byte that of one machine on all episodes.</para>
/// <para>Merging may be done in any order and grouping, and gives the same bytes. Counting a shard again gives the same bytes too, and a
/// file appears whole or not at all: a job that failed is run again.</para>
/// <para>A part has a checksum, which whoever uses its counts has checked by then. A part may be larger than the memory.</para>
/// </remarks>
public sealed class CorpusPart
{
    private readonly PartFile _file;
    private readonly PartSettings _settings;

    private CorpusPart(PartFile file)
    {
        _file = file;
        _settings = new PartSettings(file);
        Shards =
        [
            .. file.Header.Shards.Select(shard => new CorpusShard(shard.Name, shard.Id, shard.Episodes, shard.Skipped, shard.Windows)),
        ];
    }

    /// <summary>Where the part comes from, for messages: its path, or what it was called when it was opened.</summary>
    public string Name => _file.Name;

    /// <summary>What it holds.</summary>
    public CorpusPartKind Kind => _file.Kind;

    /// <summary>What was counted, ascending by <see cref="CorpusShard.Id"/>.</summary>
    public IReadOnlyList<CorpusShard> Shards { get; }

    /// <summary>Shape of a chunk of the robot's own actions, [T,D].</summary>
    public ActionShape Shape => _settings.Shape;

    /// <summary>What the actions are.</summary>
    public ActionMetadata Metadata => _file.Header.Chunks.Actions;

    /// <summary>How the robot's own actions are encoded; null for as they are.</summary>
    public ActionSpace? ActionSpace => _settings.Space;

    /// <summary>Steps between the starts of two windows of an episode.</summary>
    public int Stride => _file.Header.Chunks.Stride;

    /// <summary>Whether each time step of a chunk has statistics of its own.</summary>
    public bool PerTimestep => _file.Header.Chunks.PerTimestep;

    /// <summary>
    /// The bound on the relative error of a quantile where statistics are estimated, see <see cref="StreamingStatisticsAccumulator"/>; null
    /// where they are exact.
    /// </summary>
    public double? RelativeError => _file.Header.Chunks.RelativeError;

    /// <summary>Episodes that gave windows.</summary>
    public long Episodes => Shards.Sum(shard => shard.Episodes);

    /// <summary>Episodes shorter than the horizon, left out.</summary>
    public long SkippedEpisodes => Shards.Sum(shard => shard.SkippedEpisodes);

    /// <summary>Windows of all shards.</summary>
    public long Windows => _settings.Windows;

    /// <summary>Quantiser steps per unit of a normalised coefficient; null where statistics were counted.</summary>
    public double? Scale => _file.Header.Coefficients?.Scale;

    /// <summary>In which order coefficients are laid out; null where statistics were counted.</summary>
    public CoefficientOrder? Order => _file.Header.Coefficients is null ? null : _settings.Order;

    /// <summary>The normalisation that coefficients were counted under; null where statistics were counted.</summary>
    public ActionNormalizer? Normalizer => _settings.Normalizer;

    /// <summary>Different coefficient sequences; null where statistics were counted.</summary>
    public long? DistinctWindows => _file.Header.Coefficients is null ? null : _file.Header.Entries;

    /// <summary>Smallest coefficient; 0 where there is none, null where statistics were counted.</summary>
    public int? MinCoefficient => _file.Header.Coefficients?.MinCoefficient;

    /// <summary>Largest coefficient; 0 where there is none, null where statistics were counted.</summary>
    public int? MaxCoefficient => _file.Header.Coefficients?.MaxCoefficient;

    /// <summary>Bytes of the file.</summary>
    public long Length => _file.Length;

    /// <summary>SHA-256 over the file, in 64 lower-case hexadecimal digits.</summary>
    public string Checksum => Convert.ToHexStringLower(_file.Hash);

    /// <summary>
    /// Names of the shards of the statistics that are missing here: a training is on what its statistics are of. Empty where statistics
    /// were counted.
    /// </summary>
    public IReadOnlyList<string> MissingShards
    {
        get
        {
            if (_file.Header.Coefficients is not { } coefficients) return [];
            HashSet<string> counted = [.. Shards.Select(shard => shard.Id)];
            return [.. coefficients.StatisticsShards.Where(shard => !counted.Contains(shard.Id)).Select(shard => shard.Name)];
        }
    }

    /// <summary>Shape of what is encoded of a chunk.</summary>
    internal ActionShape Encoded => _settings.Encoded;

    /// <summary>Which values were counted.</summary>
    internal PartHeader.ChunkEntry Chunks => _file.Header.Chunks;

    /// <summary>The counted sequences; read from the file each time, which checks the checksum at their end.</summary>
    /// <exception cref="InvalidOperationException">Statistics were counted.</exception>
    internal ICountedSequences Sequences => Kind == CorpusPartKind.Coefficients
        ? new PartSequences(_file, _settings.Encoded.Count)
        : throw new InvalidOperationException($"{Name} holds statistics, not coefficients");

    /// <summary>Opens a part. Only what it says of itself is read.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The part.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no part, is damaged, or a newer version wrote it; the message says which.</exception>
    public static CorpusPart Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"{path}: no such file; give a part that count or merge wrote", path);
        return Open(() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16), path);
    }

    /// <summary>Opens a part that is not in a file. Only what it says of itself is read.</summary>
    /// <param name="open">
    /// Opens it for reading; called once for each reading, from any thread. The streams can seek, and each is disposed of.
    /// </param>
    /// <param name="name">What to call it in messages.</param>
    /// <returns>The part.</returns>
    /// <exception cref="ArgumentException">A stream cannot seek.</exception>
    /// <exception cref="InvalidDataException">It is no part, is damaged, or a newer version wrote it; the message says which.</exception>
    public static CorpusPart Open(Func<Stream> open, string name)
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(name);
        return new CorpusPart(PartFile.Open(open, name));
    }

    /// <summary>The first pass: counts the values of a shard that statistics are taken of.</summary>
    /// <param name="source">The episodes of the shard; read twice.</param>
    /// <param name="options">
    /// Which values: horizon, stride, rate, dimensions, action space, per time step or not, and whether statistics are estimated. Nothing
    /// can be held out: leave whole shards out instead.
    /// </param>
    /// <param name="output">The file to write; it is replaced when all is done.</param>
    /// <param name="counting">How to count; null for the default.</param>
    /// <param name="progress">Told of each episode; may be null.</param>
    /// <param name="cancellationToken">Stops the counting, and leaves no file.</param>
    /// <returns>The part that was written.</returns>
    /// <exception cref="InvalidDataException">There are no episodes, a value is not finite, or dimensions differ.</exception>
    /// <exception cref="ArgumentException">An option is out of range or does not fit the episodes.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The counting was stopped.</exception>
    public static Task<CorpusPart> CountStatisticsAsync(
        IEpisodeSource source,
        TrainingOptions options,
        string output,
        CorpusPartOptions? counting = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(output);
        var counter = new PartCounter(output, counting ?? new(), progress is null ? null : progress.Report);
        return Task.Run(async () =>
        {
            await counter.StatisticsAsync(source, options, cancellationToken).ConfigureAwait(false);
            return Open(output);
        });
    }

    /// <summary>The second pass: counts the coefficients of a shard under the statistics of all shards.</summary>
    /// <param name="source">The episodes of the shard, read as they were for the statistics; read twice.</param>
    /// <param name="statistics">The merged parts of the first pass, one of them of this shard.</param>
    /// <param name="options">How values are normalised and quantised: the same for all shards.</param>
    /// <param name="output">The file to write; it is replaced when all is done.</param>
    /// <param name="counting">How to count; null for the default.</param>
    /// <param name="progress">Told of each episode; may be null.</param>
    /// <param name="cancellationToken">Stops the counting, and leaves no file.</param>
    /// <returns>The part that was written.</returns>
    /// <exception cref="InvalidDataException">
    /// The shard is not among those of the statistics, the statistics are damaged or no statistics, or a coefficient does not fit.
    /// </exception>
    /// <exception cref="ArgumentException">An option is out of range or does not fit the statistics.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="OperationCanceledException">The counting was stopped.</exception>
    public static Task<CorpusPart> CountCoefficientsAsync(
        IEpisodeSource source,
        CorpusPart statistics,
        CoefficientCountOptions options,
        string output,
        CorpusPartOptions? counting = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(statistics);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(output);
        var counter = new PartCounter(output, counting ?? new(), progress is null ? null : progress.Report);
        return Task.Run(async () =>
        {
            await counter.CoefficientsAsync(source, statistics, options, cancellationToken).ConfigureAwait(false);
            return Open(output);
        });
    }

    /// <summary>Merges parts of one kind. The same parts give the same bytes in any order and any grouping.</summary>
    /// <param name="parts">The parts, at least one.</param>
    /// <param name="output">The file to write; it is replaced when all is done, and may be one of the parts.</param>
    /// <param name="progress">Told of the entries written; may be null.</param>
    /// <param name="cancellationToken">Stops the merging, and leaves no file.</param>
    /// <returns>The part that was written.</returns>
    /// <exception cref="InvalidDataException">
    /// Parts do not belong together, a shard is in two of them, or one is damaged; the message names them.
    /// </exception>
    /// <exception cref="ArgumentException">There are no parts.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="OperationCanceledException">The merging was stopped.</exception>
    public static Task<CorpusPart> MergeAsync(
        IReadOnlyList<CorpusPart> parts,
        string output,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(output);
        if (parts.Count == 0) throw new ArgumentException("there are no parts to merge: give at least one", nameof(parts));
        return Task.Run(() =>
        {
            PartMerger.Merge(
                [.. parts.Select(part => part._file)], [.. parts.Select(part => part._settings)], output, KeySorter.MaxFanIn, progress,
                cancellationToken);
            return Open(output);
        });
    }

    /// <summary>Takes the statistics of all that was counted, and checks the checksum.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>
    /// Of each encoded dimension, or of each time step and encoded dimension, row-major [T,E]; exact ones are those of
    /// <see cref="StatisticsAccumulator"/> bit for bit. A column without values is a constant 0.
    /// </returns>
    /// <exception cref="InvalidDataException">The part is damaged, or holds coefficients.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public ActionStatistics ReadStatistics(CancellationToken cancellationToken = default)
    {
        if (Kind != CorpusPartKind.Statistics)
            throw new InvalidDataException($"{Name} holds coefficients: give a part of the statistics pass");
        if (RelativeError is { } error) return PartStatistics.ReadEstimate(_file, _settings.Columns, error, cancellationToken);
        _file.Verify(cancellationToken);
        return _settings.Statistics!;
    }

    /// <summary>Such as <c>all.part: coefficients, 120 windows of [50,7]</c>.</summary>
    /// <returns>The part in a line.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}: {(Kind == CorpusPartKind.Statistics ? "statistics" : "coefficients")}, {Windows} windows of {Shape}");
}
