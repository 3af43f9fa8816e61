using System.Globalization;
using Fast.Tokenizer.Datasets.ParquetFiles;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.LeRobot;

/// <summary>Reads the steps of a data file: the columns that are asked for, and none beside those and the numbers of the steps.</summary>
internal sealed class StepFile : IDisposable
{
    private const string EpisodeIndex = "episode_index", FrameIndex = "frame_index", Index = "index";

    // Below this the columns of a group are not worth a thread each.
    private const int ParallelRows = 1 << 14;

    private readonly ParquetFile _file;
    private readonly (ParquetColumn Column, int? Dimensions)[] _actions, _states;

    /// <summary>Finds the columns.</summary>
    /// <param name="file">The file, which is disposed with this.</param>
    /// <param name="actions">The columns of the actions.</param>
    /// <param name="states">The columns of the states, if any.</param>
    /// <exception cref="InvalidDataException">A column is missing or of another type.</exception>
    public StepFile(ParquetFile file, StepColumns actions, StepColumns? states)
    {
        _file = file;
        _actions = Find(actions);
        _states = states is null ? [] : Find(states);
    }

    /// <summary>What the file says of itself.</summary>
    public ParquetFooter Footer => _file.Footer;

    public void Dispose() => _file.Dispose();

    /// <summary>Which step of the whole data set the first row is; null where the file does not say.</summary>
    public async Task<long?> FirstIndexAsync(CancellationToken cancellationToken)
    {
        if (Footer.RowGroups.FirstOrDefault(group => group.Rows > 0) is not { } first) return null;
        return await IndicesAsync(Index, first, cancellationToken).ConfigureAwait(false) is { } indices ? (long)indices[0] : null;
    }

    /// <summary>Decodes a row group.</summary>
    public async Task<Steps> ReadAsync(ParquetRowGroup group, CancellationToken cancellationToken)
    {
        Task<T> Start<T>(Func<Task<T>> read) => group.Rows < ParallelRows ? read() : Task.Run(read, cancellationToken);
        Task<double[]> actions = Start(() => VectorsAsync(_actions, group, cancellationToken));
        Task<double[]> states = Start(() => VectorsAsync(_states, group, cancellationToken));
        Task<double[]?> episodes = Start(() => IndicesAsync(EpisodeIndex, group, cancellationToken));
        Task<double[]?> frames = Start(() => IndicesAsync(FrameIndex, group, cancellationToken));
        // Of several problems the first is told, always the same; and none may read on when the file is closed.
        await Task.WhenAll((Task[])[actions, states, episodes, frames]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return new Steps(
            group.FirstRow,
            group.Rows,
            await actions.ConfigureAwait(false),
            await states.ConfigureAwait(false),
            await episodes.ConfigureAwait(false),
            await frames.ConfigureAwait(false));
    }

    /// <summary>Puts an episode together from the groups that hold its rows, and checks the numbers of its steps.</summary>
    /// <param name="episode">The episode.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="groups">The groups that hold rows of it, in order.</param>
    /// <param name="first">Its first row.</param>
    /// <param name="count">Its rows.</param>
    /// <param name="dimensions">Of actions and states, for an episode without rows.</param>
    public static Episode Join(
        EpisodeRecord episode, string path, IReadOnlyList<Steps> groups, int first, int count, (int Actions, int States) dimensions)
    {
        double frame = double.NaN;
        foreach (Steps group in groups) frame = CheckNumbers(episode, path, group, Part(group, first, count), frame);
        if (groups.FirstOrDefault(group => group.Count > 0) is { } any)
            dimensions = (any.Actions.Length / any.Count, any.States.Length / any.Count);
        return new Episode(episode.Name, Join(groups, group => group.Actions, dimensions.Actions, first, count), dimensions.Actions)
        {
            States = Join(groups, group => group.States, dimensions.States, first, count),
            StateDimensions = dimensions.States,
        };
    }

    private static double CheckNumbers(EpisodeRecord episode, string path, Steps group, Range rows, double frame)
    {
        for (int i = rows.Start.Value; i < rows.End.Value; i++)
        {
            if (group.EpisodeIndex is { } episodes && episodes[i] != episode.Index)
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                    $"file '{path}', row {group.FirstRow + i}: is of episode {episodes[i]}; expected episode {episode.Index}"));
            }

            if (group.FrameIndex is not { } frames) continue;
            if (frame + 1 != frames[i] && !double.IsNaN(frame))
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                    $"file '{path}', row {group.FirstRow + i}: is frame {frames[i]} after frame {frame}; ")
                    + "the steps are out of order, or some are missing");
            }

            frame = frames[i];
        }

        return frame;
    }

    private static ReadOnlyMemory<double> Join(
        IReadOnlyList<Steps> groups, Func<Steps, double[]> valuesOf, int dimensions, int first, int count)
    {
        // A file of one episode in one group needs no copy.
        if (groups is [var only] && only.FirstRow == first && only.Count == count) return valuesOf(only);
        var joined = new double[count * dimensions];
        foreach (Steps group in groups)
        {
            Range rows = Part(group, first, count);
            valuesOf(group).AsSpan((rows.Start.Value * dimensions)..(rows.End.Value * dimensions))
                .CopyTo(joined.AsSpan((group.FirstRow + rows.Start.Value - first) * dimensions));
        }

        return joined;
    }

    // The rows of a group that are among these rows of the file.
    private static Range Part(Steps group, int first, int count)
    {
        int start = Math.Clamp(first - group.FirstRow, 0, group.Count);
        return start..Math.Clamp(first + count - group.FirstRow, start, group.Count);
    }

    private async Task<double[]> VectorsAsync(
        (ParquetColumn Column, int? Dimensions)[] columns, ParquetRowGroup group, CancellationToken cancellationToken)
    {
        if (columns.Length == 0) return [];
        var parts = new double[columns.Length][];
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = await new ParquetColumnReader(_file, columns[i].Column).ReadAsync(group, columns[i].Dimensions, cancellationToken)
                .ConfigureAwait(false);
        }

        return parts.Length == 1 || group.Rows == 0 ? parts[0] : Beside(parts, group.Rows);
    }

    private static double[] Beside(double[][] parts, int rows)
    {
        int width = parts.Sum(part => part.Length / rows), start = 0;
        var all = new double[rows * width];
        foreach (double[] part in parts)
        {
            int own = part.Length / rows;
            for (int row = 0; row < rows; row++) part.AsSpan(row * own, own).CopyTo(all.AsSpan((row * width) + start));
            start += own;
        }

        return all;
    }

    private async Task<double[]?> IndicesAsync(string name, ParquetRowGroup group, CancellationToken cancellationToken)
    {
        if (_file.Find(name) is not { } column) return null;
        if (column.Type is not (Parquet.Meta.Type.INT64 or Parquet.Meta.Type.INT32))
            throw new InvalidDataException($"file '{_file.Path}': column '{name}' holds {column.Type}; expected whole numbers");
        return await new ParquetColumnReader(_file, column).ReadAsync(group, 1, cancellationToken).ConfigureAwait(false);
    }

    private (ParquetColumn Column, int? Dimensions)[] Find(StepColumns columns) =>
        [.. columns.Features.Select(feature => (Find(feature, columns.Option), feature.Dimensions))];

    private ParquetColumn Find(LeRobotFeature feature, string option)
    {
        ParquetColumn column = _file.Find(feature.Name)
            ?? throw MissingColumn.Of($"file '{_file.Path}'", feature.Name, option, _file.Names);
        return column.Type is Parquet.Meta.Type.FLOAT or Parquet.Meta.Type.DOUBLE
            ? column
            : throw new InvalidDataException(
                $"file '{_file.Path}': column '{feature.Name}' holds {column.Type}; expected float32 or float64");
    }
}
