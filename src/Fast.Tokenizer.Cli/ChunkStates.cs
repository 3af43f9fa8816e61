using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Datasets.NumPy;

namespace Fast.Tokenizer.Cli;

/// <summary>The robot's state at the first step of each chunk, from a <c>.npy</c> file.</summary>
internal sealed class ChunkStates
{
    private const string Option = "--states";

    private readonly string _path;
    private readonly ReadOnlyMemory<double> _values;
    private readonly int _width;

    private ChunkStates(string path, ReadOnlyMemory<double> values, int count, int width) =>
        (_path, _values, Count, _width) = (path, values, count, width);

    /// <summary>Number of chunks; 0 without a file.</summary>
    public int Count { get; }

    /// <summary>Reads the states that a tokenizer needs.</summary>
    /// <param name="path">States [N,S], or [S] of one chunk; null where none are given.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <exception cref="ArgumentException">The tokenizer needs states and none are given.</exception>
    /// <exception cref="InvalidDataException">The file has another shape, or fewer values than the tokenizer refers to.</exception>
    public static ChunkStates Read(string? path, FastActionTokenizer tokenizer)
    {
        ActionSpace? space = tokenizer.Definition.ActionSpace;
        if (path is null)
        {
            return space is not { NeedsState: true }
                ? new ChunkStates("", default, 0, 0)
                : throw new ArgumentException(
                    $"dimension {space.FirstRelative} is relative to the robot's state: give {Option} S.npy with the state at each chunk's "
                    + "first step, [N,S]");
        }

        NpyArray array = NpyReader.Read(path);
        (int count, int width) = array.Shape switch
        {
            [var s] => (1, s),
            [var n, var s] => (n, s),
            _ => throw new InvalidDataException(
                $"{path} has shape ({string.Join(", ", array.Shape)}): expected states [N,S], or [S] of one chunk"),
        };
        return width >= (space?.StateLength ?? 0)
            ? new ChunkStates(path, array.Data, count, width)
            : throw new InvalidDataException(
                $"{path} has {width} state values per chunk, the tokenizer refers to value {space!.StateLength - 1}");
    }

    /// <summary>What the tokenizer is told of a chunk.</summary>
    /// <exception cref="InvalidDataException">There is no state of that chunk.</exception>
    public ActionContext Of(int chunk)
    {
        if (_width == 0) return default;
        return chunk < Count
            ? new ActionContext(_values.Span.Slice(chunk * _width, _width))
            : throw new InvalidDataException(
                $"{_path} has the states of {Count} chunks, and there is a chunk {chunk}: give a state for each");
    }

    /// <summary>Refuses states of more chunks than there are.</summary>
    /// <exception cref="InvalidDataException">There are fewer or more.</exception>
    public void CheckCount(int chunks)
    {
        if (_width > 0 && Count != chunks)
            throw new InvalidDataException($"{_path} has the states of {Count} chunks, there are {chunks}: give a state for each");
    }
}
