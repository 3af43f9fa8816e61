namespace Fast.Tokenizer.Training.Parts;

/// <summary>Sorted runs, some of them in a file, merged into one in the end: an external sort.</summary>
/// <param name="output">What is made; the file stands beside it.</param>
/// <param name="maxKeyLength">No string is longer.</param>
internal sealed class KeySorter(string output, int maxKeyLength) : IDisposable
{
    /// <summary>The most runs that are merged at once; more are merged in groups first.</summary>
    public const int MaxFanIn = 512;

    private readonly List<int> _spilled = [];
    private SpillFile? _file;

    /// <summary>Writes a run to the file.</summary>
    public void Spill(KeyCursor run, CancellationToken cancellationToken)
    {
        _file ??= new SpillFile(output);
        _spilled.Add(_file.Add(run, cancellationToken));
    }

    /// <summary>Gives all strings of the runs in the file and of others, ascending.</summary>
    /// <param name="others">Opens each of the others; all but a few are closed before the next are opened.</param>
    /// <param name="fanIn">The most runs that are merged at once, at least 2.</param>
    /// <param name="cancellationToken">Stops the merging of groups.</param>
    public KeyCursor Merge(IEnumerable<Func<KeyCursor>> others, int fanIn, CancellationToken cancellationToken)
    {
        Queue<Func<KeyCursor>> runs = new([.. _spilled.Select<int, Func<KeyCursor>>(run => () => Open(run)), .. others]);
        while (runs.Count > fanIn)
        {
            _file ??= new SpillFile(output);

            // No more than it takes to be left with as many as can be merged at once.
            using KeyCursor group = Open(runs, Math.Min(fanIn, runs.Count - fanIn + 1));
            int run = _file.Add(group, cancellationToken);
            runs.Enqueue(() => Open(run));
        }

        return Open(runs, runs.Count);
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private KeyCursor Open(int run) => _file!.Read(run, maxKeyLength);

    private static KeyMerge Open(Queue<Func<KeyCursor>> runs, int count)
    {
        var cursors = new List<KeyCursor>(count);
        try
        {
            for (int i = 0; i < count; i++) cursors.Add(runs.Dequeue()());
            return new KeyMerge(cursors);
        }
        catch
        {
            foreach (KeyCursor cursor in cursors) cursor.Dispose();
            throw;
        }
    }
}
