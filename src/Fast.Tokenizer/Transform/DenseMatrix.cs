using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fast.Tokenizer.Transform;

/// <summary>A small matrix, multiplied onto a panel of columns: the innermost loop of every transform.</summary>
/// <remarks>
/// Rows are computed four at a time, which with two vectors of columns makes eight independent sums: enough to hide the latency of
/// a fused multiply-add, few enough for sixteen registers. The last block of four overlaps the one before instead of being padded.
/// Every sum runs over the inputs in their order, whatever the block.
/// </remarks>
internal sealed class DenseMatrix
{
    private const int BlockRows = 4;

    private readonly int _rows;
    private readonly int _columns;
    private readonly double[] _packed;

    public DenseMatrix(int rows, int columns, Func<int, int, double> entry)
    {
        _rows = rows;
        _columns = columns;
        int block = Math.Min(rows, BlockRows);
        int blocks = rows == 0 ? 0 : (rows + block - 1) / block;
        _packed = new double[blocks * block * columns];
        int next = 0;
        for (int b = 0; b < blocks; b++)
        {
            int first = FirstRow(b);
            for (int j = 0; j < columns; j++)
                for (int i = first; i < first + block; i++)
                    _packed[next++] = entry(i, j);
        }
    }

    private double this[int row, int column]
    {
        get
        {
            int height = Math.Min(_rows, BlockRows), block = row / height;
            return _packed[(block * _columns + column) * height + row - FirstRow(block)];
        }
    }

    public DenseMatrix Transpose() => new(_columns, _rows, (row, column) => this[column, row]);

    /// <summary>Writes the product with the <paramref name="input"/>, packed rows, to the rows of <paramref name="target"/>.</summary>
    [MethodImpl(Kernel.Compilation)]
    public void Multiply<TLanes>(ReadOnlySpan<double> input, Panel<TLanes> target) where TLanes : struct, ILanes<TLanes>
    {
        ReadOnlySpan<TLanes> vectors = MemoryMarshal.Cast<double, TLanes>(input)[..(2 * _columns)];
        if (_rows < BlockRows)
        {
            for (int i = 0; i < _rows; i++) MultiplyRow(i, vectors, target);
            return;
        }

        int size = BlockRows * _columns;
        for (int b = 0; b * BlockRows < _rows; b++) MultiplyBlock(_packed.AsSpan(b * size, size), vectors, FirstRow(b), target);
    }

    private int FirstRow(int block) => Math.Max(0, Math.Min(block * BlockRows, _rows - BlockRows));

    [MethodImpl(Kernel.Compilation)]
    private static void MultiplyBlock<TLanes>(ReadOnlySpan<double> block, ReadOnlySpan<TLanes> input, int row, Panel<TLanes> target)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes left0 = default, left1 = default, left2 = default, left3 = default;
        TLanes right0 = default, right1 = default, right2 = default, right3 = default;
        while (block.Length >= 4 && input.Length >= 2)
        {
            TLanes left = input[0], right = input[1];
            TLanes factor = TLanes.Broadcast(block[0]);
            left0 = TLanes.MultiplyAdd(factor, left, left0);
            right0 = TLanes.MultiplyAdd(factor, right, right0);
            factor = TLanes.Broadcast(block[1]);
            left1 = TLanes.MultiplyAdd(factor, left, left1);
            right1 = TLanes.MultiplyAdd(factor, right, right1);
            factor = TLanes.Broadcast(block[2]);
            left2 = TLanes.MultiplyAdd(factor, left, left2);
            right2 = TLanes.MultiplyAdd(factor, right, right2);
            factor = TLanes.Broadcast(block[3]);
            left3 = TLanes.MultiplyAdd(factor, left, left3);
            right3 = TLanes.MultiplyAdd(factor, right, right3);
            block = block[4..];
            input = input[2..];
        }

        target.Store(row, left0, right0);
        target.Store(row + 1, left1, right1);
        target.Store(row + 2, left2, right2);
        target.Store(row + 3, left3, right3);
    }

    [MethodImpl(Kernel.Compilation)]
    private void MultiplyRow<TLanes>(int row, ReadOnlySpan<TLanes> input, Panel<TLanes> target) where TLanes : struct, ILanes<TLanes>
    {
        TLanes left = default, right = default;
        for (int j = 0; j < _columns; j++)
        {
            TLanes factor = TLanes.Broadcast(_packed[j * _rows + row]);
            left = TLanes.MultiplyAdd(factor, input[2 * j], left);
            right = TLanes.MultiplyAdd(factor, input[2 * j + 1], right);
        }

        target.Store(row, left, right);
    }
}
