using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Training.Parts;

/// <summary>Counts the episodes of a shard into a part.</summary>
internal sealed class PartCounter
{
    private readonly string _output;
    private readonly long _memoryLimit;
    private readonly Action<TrainingProgress>? _progress;

    public PartCounter(string output, CorpusPartOptions options, Action<TrainingProgress>? progress)
    {
        if (options.MemoryLimit < 1)
            throw new ArgumentException($"a memory limit of {options.MemoryLimit} bytes is too small: at least 1", nameof(options));
        (_output, _memoryLimit, _progress) = (output, options.MemoryLimit, progress);
    }

    /// <summary>The first pass.</summary>
    public async Task StatisticsAsync(IEpisodeSource source, TrainingOptions options, CancellationToken cancellationToken)
    {
        int horizon = new ActionTokenizerTrainer(options).HorizonFor(source);
        if (options.HoldoutFraction > 0)
            throw new ArgumentException("nothing can be held out of a shard: use a holdout of 0, and leave out whole shards instead");
        if (options.Normalizer is not null)
            throw new ArgumentException("a normalizer is given, so there are no statistics to count: leave it out");

        using var identity = new ShardIdentity();
        RecordingInTraining recording =
            await RecordingInTraining.OpenAsync(source, horizon, options, identity, cancellationToken).ConfigureAwait(false);
        var estimates = options.EstimateStatistics ? new ColumnStatistics(recording.Columns, estimate: true) : null;
        using var values = new ValueCounter(_output, recording.Columns, _memoryLimit, cancellationToken);
        await recording.AddValuesAsync(estimates is null ? values : estimates, _progress, cancellationToken).ConfigureAwait(false);

        using KeyCursor keys = estimates is null ? values.Sorted() : new SortedBuckets(estimates.Estimates);
        ExactStatistics? exact = estimates is null ? new ExactStatistics(recording.Columns) : null;
        Write(CorpusPartKind.Statistics, keys, exact, (entries, counted) => new PartHeader
        {
            Entries = entries,
            Counted = counted,
            Chunks = new PartHeader.ChunkEntry
            {
                Stride = options.Stride,
                Encoded = recording.Encoded.Dimensions,
                PerTimestep = options.Normalization.PerTimestep,
                RelativeError = estimates?.Estimates[0].RelativeError,
                Actions = recording.Metadata,
                ActionSpace = ManifestEntries.Space(options.ActionSpace),
            },
            Statistics = exact is null ? null : ManifestEntries.Statistics(exact.ToStatistics()),
            Shards = [Shard(recording, identity.ToId(), source.Name) with { Moments = Moments(estimates) }],
        }, cancellationToken);
    }

    /// <summary>The second pass.</summary>
    public async Task CoefficientsAsync(
        IEpisodeSource source, CorpusPart statistics, CoefficientCountOptions options, CancellationToken cancellationToken)
    {
        var training = new TrainingOptions
        {
            Horizon = statistics.Shape.Horizon,
            Rate = statistics.Metadata.Rate,
            Stride = statistics.Stride,
            EncodedDimensions = statistics.Metadata.EncodedDimensions,
            ActionSpace = statistics.ActionSpace,
            Scale = options.Scale,
            Order = options.Order,
            Normalization = options.Normalization with { PerTimestep = statistics.PerTimestep },
        };
        _ = new ActionTokenizerTrainer(training);
        var normalizer = new ActionNormalizer(
            statistics.ReadStatistics(cancellationToken), training.Normalization, statistics.PerTimestep ? statistics.Shape.Horizon : null);

        using var identity = new ShardIdentity();
        RecordingInTraining recording = await RecordingInTraining
            .OpenAsync(source, statistics.Shape.Horizon, training, identity, cancellationToken)
            .ConfigureAwait(false);
        string id = identity.ToId();
        CorpusShard shard = statistics.Shards.FirstOrDefault(known => known.Id == id) ?? throw new InvalidDataException(
            $"{source.Name} is not among the {statistics.Shards.Count} shards of {statistics.Name}: count it under the statistics that it "
            + "is part of, and read it as it was read for them");

        using var sequences = new SequenceCounter(_output, recording.Encoded.Count, _memoryLimit);
        await recording
            .AddCoefficientsAsync(normalizer, sequence => sequences.Add(sequence, cancellationToken), _progress, cancellationToken)
            .ConfigureAwait(false);

        using KeyCursor keys = sequences.Sorted(cancellationToken);
        Write(CorpusPartKind.Coefficients, keys, null, (entries, counted) => new PartHeader
        {
            Entries = entries,
            Counted = counted,
            Chunks = statistics.Chunks,
            Coefficients = new PartHeader.CoefficientsEntry
            {
                Scale = options.Scale,
                Order = PartSettings.NameOf(options.Order),
                Normalization = ManifestEntries.Normalization(normalizer),
                Statistics = statistics.Checksum,
                StatisticsShards = [.. statistics.Shards.Select(known => new PartHeader.ShardName(known.Id, known.Name))],
                Mass = sequences.Mass,
                MinCoefficient = sequences.MinValue,
                MaxCoefficient = sequences.MaxValue,
            },
            Shards = [Shard(recording, id, shard.Name)],
        }, cancellationToken);
    }

    private void Write(
        CorpusPartKind kind,
        KeyCursor keys,
        ExactStatistics? statistics,
        Func<long, long, PartHeader> header,
        CancellationToken cancellationToken)
    {
        using var output = new PartOutput(_output, kind);
        (long entries, long counted) = output.WriteBody(keys, statistics, null, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        output.Commit(header(entries, counted));
    }

    private static PartHeader.ShardEntry Shard(RecordingInTraining recording, string id, string name) => new()
    {
        Id = id,
        Name = name,
        Episodes = recording.Episodes,
        Skipped = recording.SkippedEpisodes,
        Windows = recording.Windows,
    };

    // A column without values has infinite ends, which JSON does not have.
    private static PartHeader.MomentsEntry[]? Moments(ColumnStatistics? estimates) => estimates is null ? null :
    [
        .. estimates.Estimates.Select(column => column.Moments is { Count: > 0 } moments
            ? new PartHeader.MomentsEntry(moments.Count, moments.Min, moments.Max, moments.Mean, moments.Squares)
            : new PartHeader.MomentsEntry(0, 0, 0, 0, 0)),
    ];
}
