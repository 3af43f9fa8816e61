using System.Runtime.CompilerServices;
using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;

namespace Fast.Tokenizer.Datasets.Arrow;

/// <summary>Episodes from data sets as Hugging Face <c>datasets</c> saves them: Arrow IPC streams, or files, with a row per step.</summary>
/// <remarks>
/// A folder is one data set, its files in the order of <c>state.json</c>. Rows are divided into episodes by <c>episode_index</c>, without
/// which nothing says where an episode ends. One record batch is in memory at a time; columns that are not asked for are not decoded.
/// </remarks>
internal sealed class ArrowEpisodeSource : RecordedEpisodes
{
    private const string UsualActions = "action";
    private const string UsualStates = "observation.state";

    private readonly IReadOnlyList<string> _files;
    private readonly ArrowDescription _description;
    private readonly string _actionKey;
    private readonly string? _stateKey;

    /// <summary>Opens a data set far enough to know its files and columns.</summary>
    /// <param name="path">A folder or a file.</param>
    /// <param name="options">The choices.</param>
    /// <exception cref="InvalidDataException">A description is malformed, a file is missing, or there is no such column.</exception>
    public ArrowEpisodeSource(string path, EpisodeDatasetOptions options)
        : base(path, options)
    {
        bool isFolder = Directory.Exists(path);
        string folder = isFolder ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        _files = isFolder ? ArrowDescription.FilesOf(path) : [path];
        _actionKey = options.ActionKey ?? UsualActions;
        string stateKey = options.StateKey ?? UsualStates;
        _description = ArrowDescription.Beside(folder, _actionKey, stateKey);

        var allocator = new ArrowBodyAllocator();
        using var stream = new ArrowMessageStream(_files[0], allocator);
        using ArrowStreamReader reader = Open(stream, allocator);
        Schema schema = SchemaOf(stream, reader, _files[0]);
        bool hasStates = schema.FieldsLookup.Contains(stateKey) && VectorColumn.Reads(schema.GetFieldByName(stateKey).DataType);
        _stateKey = hasStates || options.StateKey is not null ? stateKey : null;
        CheckColumns(schema, _files[0]);
    }

    public override IReadOnlyList<string>? DimensionNames => _description.DimensionNames;

    public override IReadOnlyList<string>? StateNames => _stateKey is null ? null : _description.StateNames;

    public override double? Rate => _description.Rate;

    /// <summary>Whether a folder is a saved data set, or a file starts as Arrow streams and files do or is called one.</summary>
    public static bool Recognizes(string path, ReadOnlySpan<byte> head) => Directory.Exists(path)
        ? ArrowDescription.IsBeside(path) && Directory.EnumerateFiles(path, ArrowDescription.Pattern).Any()
        : ArrowMessageStream.IsFile(head) || ArrowMessageStream.IsStream(head)
            || path.EndsWith(".arrow", StringComparison.OrdinalIgnoreCase);

    protected override async IAsyncEnumerable<EpisodeEntry> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = new EpisodeRows(_actionKey, _stateKey);
        foreach (string path in _files)
        {
            var allocator = new ArrowBodyAllocator();
            ArrowMessageStream? stream = null;
            ArrowStreamReader? reader = null;
            try
            {
                long row = 0;
                bool more = true;
                while (more)
                {
                    try
                    {
                        stream ??= new ArrowMessageStream(path, allocator);
                        if (reader is null) CheckColumns(SchemaOf(stream, reader = Open(stream, allocator), path), path);
                        // Reading and decoding is work for the processor, which the caller's thread is spared.
                        (ArrowMessageStream from, long before) = (stream, row);
                        int read = await Task.Run(
                            () => Guarded(from, path, () => AddNext(reader, rows, path, before)), cancellationToken).ConfigureAwait(false);
                        row += Math.Max(read, 0);
                        more = read >= 0;
                    }
                    catch (InvalidDataException problem)
                    {
                        rows.Lose(problem.Message);
                        more = false;
                    }

                    while (rows.TryTake(out EpisodeEntry? entry)) yield return entry;
                }
            }
            finally
            {
                reader?.Dispose();
                stream?.Dispose();
            }
        }

        rows.End();
        while (rows.TryTake(out EpisodeEntry? entry)) yield return entry;
    }

    private static ArrowStreamReader Open(ArrowMessageStream stream, ArrowBodyAllocator allocator) =>
        new(stream, allocator, new CompressionCodecFactory(), leaveOpen: true);

    // Apache.Arrow throws whatever its containers do on data that contradicts itself.
    private static T Guarded<T>(ArrowMessageStream stream, string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e != stream.Fault
            && e is EndOfStreamException or not (IOException or OperationCanceledException or UnauthorizedAccessException))
        {
            throw new InvalidDataException($"file '{path}': is malformed: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static Schema SchemaOf(ArrowMessageStream stream, ArrowStreamReader reader, string path) =>
        Guarded(stream, path, () => reader.Schema) ?? throw new InvalidDataException($"file '{path}': has no schema");

    /// <summary>Rows that were added; -1 at the end of the file.</summary>
    private static int AddNext(ArrowStreamReader reader, EpisodeRows rows, string path, long row)
    {
        using RecordBatch? batch = reader.ReadNextRecordBatch();
        if (batch is null) return -1;
        rows.Add(batch, path, row);
        return batch.Length;
    }

    private void CheckColumns(Schema schema, string path)
    {
        string place = $"file '{path}'";
        CheckColumn(schema, _actionKey, "action key", VectorColumn.Reads, "vectors of float32 or float64", place);
        if (_stateKey is not null) CheckColumn(schema, _stateKey, "state key", VectorColumn.Reads, "vectors of float32 or float64", place);
        CheckColumn(schema, EpisodeRows.EpisodeColumn, "episode of each row in that column", WholeColumn.Reads, "whole numbers", place);
        if (schema.FieldsLookup.Contains(EpisodeRows.FrameColumn))
            CheckColumn(schema, EpisodeRows.FrameColumn, "", WholeColumn.Reads, "whole numbers", place);
    }

    private static void CheckColumn(Schema schema, string name, string option, Func<IArrowType, bool> reads, string expected, string place)
    {
        if (!schema.FieldsLookup.Contains(name))
            throw MissingColumn.Of(place, name, option, [.. schema.FieldsList.Select(field => field.Name)]);
        Field field = schema.GetFieldByName(name);
        if (!reads(field.DataType))
            throw new InvalidDataException($"{place}: '{name}' is of type {field.DataType.Name}; expected {expected}");
    }
}
