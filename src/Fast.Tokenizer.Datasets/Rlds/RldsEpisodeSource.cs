using System.Runtime.CompilerServices;
using Fast.Tokenizer.Training;
using Microsoft.Win32.SafeHandles;

namespace Fast.Tokenizer.Datasets.Rlds;

/// <summary>Episodes from RLDS data sets of TensorFlow Datasets: TFRecord files of one <c>tf.train.Example</c> per episode.</summary>
/// <remarks>
/// A folder is one data set, its shards in their order; a file is one shard, described by the <c>features.json</c> beside it where there is
/// one. The format holds no rate. Records are passed through a small buffer: images are neither decoded nor kept.
/// </remarks>
internal sealed class RldsEpisodeSource : RecordedEpisodes
{
    private const string Pattern = "*.tfrecord-*-of-*";
    private const string UsualActions = "steps/action";
    private const string UsualStates = "steps/observation/state";
    private const string Counted = "steps/is_first";

    private readonly IReadOnlyList<RldsShard> _shards;
    private readonly RldsSelection _actions;
    private readonly RldsSelection? _states;
    private readonly bool _statesRequired;
    private readonly HashSet<string> _wanted;

    /// <summary>Opens a data set far enough to know its files and features.</summary>
    /// <param name="path">A folder or a file.</param>
    /// <param name="options">The choices.</param>
    /// <exception cref="InvalidDataException">A description is malformed, a shard is missing, or there is no such feature.</exception>
    public RldsEpisodeSource(string path, EpisodeDatasetOptions options)
        : base(path, options)
    {
        bool isFolder = Directory.Exists(path);
        string folder = isFolder ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        string features = Path.Combine(folder, RldsFeatures.FileName);
        Dictionary<string, RldsFeature>? declared = File.Exists(features) ? RldsFeatures.Read(features) : null;
        _shards = isFolder ? ShardsOf(folder) : [RldsShard.Of(path)];

        string place = $"file '{features}'";
        _actions = RldsSelection.Of(options.ActionKey ?? UsualActions, "action key", declared, place);
        _statesRequired = options.StateKey is not null || declared is not null;
        if (options.StateKey is not null || declared is null || declared.GetValueOrDefault(UsualStates) is { Fault: null })
            _states = RldsSelection.Of(options.StateKey ?? UsualStates, "state key", declared, place);
        _wanted = [.. _actions.Keys, .. _states?.Keys ?? [], Counted];
    }

    public override IReadOnlyList<string>? DimensionNames => _actions.DimensionNames;

    public override IReadOnlyList<string>? StateNames => _states?.DimensionNames;

    public override double? Rate => null;

    /// <summary>Whether a folder is a data set, or a file starts as a TFRecord does or is called one.</summary>
    public static bool Recognizes(string path, ReadOnlySpan<byte> head) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, Pattern).Any()
            || (File.Exists(Path.Combine(path, RldsFeatures.FileName)) && File.Exists(Path.Combine(path, RldsDatasetInfo.FileName)))
        : TfRecord.IsHeader(head) || Path.GetFileName(path).Contains(".tfrecord", StringComparison.OrdinalIgnoreCase);

    protected override async IAsyncEnumerable<EpisodeEntry> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] header = new byte[TfRecord.HeaderBytes];
        foreach (RldsShard shard in _shards)
        {
            using SafeFileHandle file = File.OpenHandle(shard.Path);
            long length = RandomAccess.GetLength(file);
            long at = 0;
            int index = 0;
            InvalidDataException? fault = null;
            for (; at < length; index++)
            {
                int got = await RandomAccess.ReadAsync(file, header, at, cancellationToken).ConfigureAwait(false);
                TfRecord record;
                try
                {
                    record = TfRecord.Parse(shard.Path, index, at, header.AsSpan(0, got), length);
                }
                catch (InvalidDataException problem)
                {
                    fault = problem;
                    break;
                }

                string name = $"{shard.Name}[{index}]";
                yield return new EpisodeEntry(name, stop => Task.FromResult(Read(record, name, stop)));
                at = record.End;
            }

            if (fault is null && shard.Records is { } expected && expected != index)
                fault = new InvalidDataException(
                    $"file '{shard.Path}': has {index} records, {RldsDatasetInfo.FileName} says {expected}; fetch it again");
            if (fault is not null) yield return new EpisodeEntry($"{shard.Name}[{index}...]", _ => Task.FromException<Episode>(fault));
        }
    }

    private static IReadOnlyList<RldsShard> ShardsOf(string folder)
    {
        string info = Path.Combine(folder, RldsDatasetInfo.FileName);
        if (File.Exists(info) && RldsDatasetInfo.Read(info) is { } described) return described;
        RldsShard[] shards = [.. ShardFiles.In(folder, Pattern).Select(RldsShard.Of)];
        return shards.Length > 0
            ? shards
            : throw new InvalidDataException(
            $"folder '{folder}': holds no {Pattern}; fetch the data set's records");
    }

    private Episode Read(TfRecord record, string name, CancellationToken cancellationToken)
    {
        using SafeFileHandle file = File.OpenHandle(record.Path);
        using var data = new TfRecordStream(file, record, cancellationToken);
        Dictionary<string, FeatureValues?> features;
        try
        {
            features = ExampleReader.Read(data, _wanted);
        }
        catch (InvalidDataException problem)
        {
            // A damaged record reads as nonsense; that it is damaged says more.
            data.CheckRest();
            throw new InvalidDataException($"{record.Place}: {problem.Message}", problem);
        }

        data.CheckRest();
        return Assemble(features, name, record.Place);
    }

    private Episode Assemble(Dictionary<string, FeatureValues?> features, string name, string place)
    {
        int counted = features.GetValueOrDefault(Counted) is { Kind: FeatureKind.Integer } flags ? flags.Values.Length : -1;
        (double[] actions, int steps, int dimensions) = _actions.Join(features, counted, place);
        bool hasStates = _statesRequired || features.GetValueOrDefault(UsualStates) is { Kind: FeatureKind.Float or FeatureKind.Integer };
        if (_states is null || !hasStates) return new Episode(name, actions, dimensions);

        (double[] states, _, int stateDimensions) = _states.Join(features, steps, place);
        return new Episode(name, actions, dimensions) { States = states, StateDimensions = stateDimensions };
    }
}
