using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Fast.Tokenizer.Datasets.Arrow;

/// <summary>
/// A column with a vector of float32 or float64 in each row: a list, large list or list of fixed size, or a single number.
/// </summary>
internal readonly ref struct VectorColumn
{
    private readonly IArrowArray _rows;
    private readonly IArrowArray _values;
    private readonly ReadOnlySpan<int> _offsets;
    private readonly ReadOnlySpan<long> _largeOffsets;
    private readonly ReadOnlySpan<float> _singles;
    private readonly ReadOnlySpan<double> _doubles;
    private readonly int _size;

    /// <summary>Takes a column of a record batch.</summary>
    public VectorColumn(IArrowArray column)
    {
        _rows = column;
        (_values, _size) = column switch
        {
            ListArray list => (list.Values, 0),
            LargeListArray list => (list.Values, 0),
            FixedSizeListArray list => (list.Values, ((FixedSizeListType)list.Data.DataType).ListSize),
            _ => (column, 1),
        };
        if (column is ListArray { Length: > 0 } small) _offsets = small.ValueOffsets;
        if (column is LargeListArray { Length: > 0 } large) _largeOffsets = large.ValueOffsets;
        if (_values is FloatArray singles) _singles = singles.Values;
        if (_values is DoubleArray doubles) _doubles = doubles.Values;
    }

    /// <summary>Whether a column of this type can be read.</summary>
    public static bool Reads(IArrowType type) => type switch
    {
        ListType list => IsNumber(list.ValueDataType),
        LargeListType list => IsNumber(list.ValueDataType),
        FixedSizeListType list => IsNumber(list.ValueDataType),
        _ => IsNumber(type),
    };

    /// <summary>Adds the vector of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="dimensions">The length that it must have; 0 takes what the row has.</param>
    /// <param name="to">Where it is added.</param>
    /// <returns>What is wrong with the row, and nothing was added; null where nothing is.</returns>
    public string? Add(int row, ref int dimensions, List<double> to)
    {
        if (_rows.IsNull(row)) return "is null";
        (long start, long count) = _size > 0 ? ((long)(row + _rows.Offset) * _size, _size)
            : _largeOffsets.Length > 0 ? (_largeOffsets[row], _largeOffsets[row + 1] - _largeOffsets[row])
            : (_offsets[row], _offsets[row + 1] - (long)_offsets[row]);
        // The values have their own offset taken off, and a single number is its own values.
        if (ReferenceEquals(_rows, _values)) start = row;
        if (count is < 1 or > EpisodeChecks.MaxDimensions) return $"has {count} values; expected 1 to {EpisodeChecks.MaxDimensions}";
        if (dimensions > 0 && count != dimensions) return $"has {count} values, the rows before have {dimensions}";

        int first = checked((int)start), length = (int)count;
        if (_values.NullCount > 0)
        {
            for (int i = first; i < first + length; i++)
            {
                if (_values.IsNull(i)) return $"is null in dimension {i - first}";
            }
        }

        if (_values is FloatArray)
        {
            ReadOnlySpan<float> values = _singles.Slice(first, length);
            int before = to.Count;
            CollectionsMarshal.SetCount(to, before + length);
            Span<double> added = CollectionsMarshal.AsSpan(to)[before..];
            for (int i = 0; i < added.Length; i++) added[i] = values[i];
        }
        else
        {
            to.AddRange(_doubles.Slice(first, length));
        }

        dimensions = length;
        return null;
    }

    private static bool IsNumber(IArrowType type) => type.TypeId is ArrowTypeId.Float or ArrowTypeId.Double;
}
