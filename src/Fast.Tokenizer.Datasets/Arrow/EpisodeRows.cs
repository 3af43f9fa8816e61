using Apache.Arrow;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.Arrow;

/// <summary>Puts rows together to episodes: those that follow each other with one <c>episode_index</c>, across batches and files.</summary>
/// <param name="actionKey">The column with the actions.</param>
/// <param name="stateKey">The column with the states; null where none is read.</param>
internal sealed class EpisodeRows(string actionKey, string? stateKey)
{
    public const string EpisodeColumn = "episode_index";
    public const string FrameColumn = "frame_index";

    private readonly HashSet<long> _seen = [];
    private readonly Queue<EpisodeEntry> _done = new();
    private List<double> _actions = [];
    private List<double> _states = [];
    private long? _episode;
    private long? _frame;
    private int _dimensions;
    private int _stateDimensions;
    private bool _afterLoss;
    private string? _fault;

    /// <summary>Adds a record batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="path">Its file, for messages.</param>
    /// <param name="firstRow">Rows of the file before it.</param>
    public void Add(RecordBatch batch, string path, long firstRow)
    {
        var actions = new VectorColumn(batch.Column(actionKey));
        VectorColumn states = stateKey is null ? default : new VectorColumn(batch.Column(stateKey));
        IArrowArray episodes = batch.Column(EpisodeColumn);
        IArrowArray? frames = batch.Schema.FieldsLookup.Contains(FrameColumn) ? batch.Column(FrameColumn) : null;
        for (int row = 0; row < batch.Length; row++)
        {
            string place = $"file '{path}', row {firstRow + row}";
            if (WholeColumn.At(episodes, row) is not { } index)
            {
                _fault ??= $"{place}: '{EpisodeColumn}' is null";
                continue;
            }

            if (index != _episode) Begin(index, place);
            if (frames is not null) CheckFrame(WholeColumn.At(frames, row), place);
            if (_fault is not null) continue;
            if (actions.Add(row, ref _dimensions, _actions) is { } action) _fault = $"{place}: '{actionKey}' {action}";
            if (stateKey is null || _fault is not null) continue;
            if (states.Add(row, ref _stateDimensions, _states) is { } state) _fault = $"{place}: '{stateKey}' {state}";
        }
    }

    /// <summary>Says that rows are lost before whatever is added next.</summary>
    public void Lose(string problem)
    {
        string name = _episode is { } index ? Name(index) : "first episode";
        string cut = _episode is { } known ? $"; episode {known} and what follows it in this file are lost" : "; the file is lost";
        Clear();
        _episode = null;
        _afterLoss = true;
        _done.Enqueue(Refused(name, problem + cut));
    }

    /// <summary>Says that no row follows.</summary>
    public void End() => Finish();

    /// <summary>Takes an episode that is complete.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out EpisodeEntry? entry) => _done.TryDequeue(out entry);

    private static string Name(long index) => $"episode_{index:D6}";

    private static EpisodeEntry Refused(string name, string problem) =>
        new(name, _ => Task.FromException<Episode>(new InvalidDataException(problem)));

    private void Begin(long index, string place)
    {
        Finish();
        _episode = index;
        if (!_seen.Add(index)) _fault = $"{place}: episode {index} comes back after other episodes; sort the rows by '{EpisodeColumn}'";
    }

    private void CheckFrame(long? frame, string place)
    {
        if (frame is null)
        {
            _fault ??= $"{place}: '{FrameColumn}' is null";
        }
        else if (_frame is { } before && frame != before + 1)
        {
            _fault ??= $"{place}: '{FrameColumn}' is {frame} after {before} in episode {_episode}; its rows are out of order or missing";
        }
        else if (_frame is null && _afterLoss && frame != 0)
        {
            _fault ??= $"{place}: episode {_episode} starts with '{FrameColumn}' {frame}; the rows before it are lost";
        }

        _frame = frame ?? _frame;
    }

    private void Finish()
    {
        if (_episode is { } index)
        {
            string name = Name(index);
            // Without frame numbers nothing says whether an episode is whole after something was lost.
            if (_afterLoss && _frame is null)
                _fault ??= $"episode {index}: rows were lost before it, and no '{FrameColumn}' says that it is whole";
            if (_fault is { } fault)
            {
                _done.Enqueue(Refused(name, fault));
            }
            else
            {
                double[] actions = [.. _actions], states = [.. _states];
                int dimensions = _dimensions, stateDimensions = _stateDimensions;
                _done.Enqueue(new EpisodeEntry(name, _ => Task.FromResult(
                    new Episode(name, actions, dimensions) { States = states, StateDimensions = stateDimensions })));
            }

            _afterLoss = false;
        }
        else if (_fault is { } fault)
        {
            _done.Enqueue(Refused("first episode", fault));
        }

        Clear();
    }

    private void Clear()
    {
        _actions = [];
        _states = [];
        (_frame, _fault, _dimensions, _stateDimensions) = (null, null, 0, 0);
    }
}
