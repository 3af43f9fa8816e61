using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Fast.Tokenizer.Datasets.Arrow;

/// <summary>Checks the metadata of an Arrow IPC message before Apache.Arrow reads it.</summary>
/// <remarks>
/// Field numbers are those of Arrow's <c>Message.fbs</c> and <c>Schema.fbs</c>. Whatever is read counts against a budget of a few times the
/// message's own size, so that shared strings and shared or circular children cannot make a small message large.
/// </remarks>
internal ref struct ArrowMetadata
{
    private const int MaxDepth = 64;
    private const int TableBytes = 4;
    private const int BudgetFactor = 4;

    private const int SchemaHeader = 1;
    private const int DictionaryHeader = 2;
    private const int BatchHeader = 3;
    private const int UnionType = 14;
    private const int TimestampType = 10;

    private long _budget;

    private ArrowMetadata(int messageBytes) => _budget = (long)messageBytes * BudgetFactor;

    /// <summary>Checks a message.</summary>
    /// <param name="message">The metadata.</param>
    /// <returns>Bytes of the body that follows it.</returns>
    /// <exception cref="InvalidDataException">The metadata is malformed, or is of a kind that is not read.</exception>
    public static long Check(ReadOnlySpan<byte> message)
    {
        var check = new ArrowMetadata(message.Length);
        FlatTable root = FlatTable.Root(message);
        long bodyBytes = root.Number(3, sizeof(long));
        if (bodyBytes < 0) throw Malformed();
        switch (root.Number(1, sizeof(byte)))
        {
            case SchemaHeader: check.Schema(root.Table(2)); break;
            case BatchHeader: Batch(root.Table(2), bodyBytes); break;
            case DictionaryHeader: Batch(root.Table(2).Table(1), bodyBytes); break;
            case var other: throw new InvalidDataException(
                $"its metadata is of kind {other}; only schema, record batch and dictionary are read");
        }

        check.KeyValues(root, 4);
        return bodyBytes;
    }

    private static InvalidDataException Malformed() => new("its metadata is malformed");

    private void Spend(long bytes)
    {
        _budget -= bytes;
        if (_budget < 0) throw Malformed();
    }

    private void Schema(FlatTable schema)
    {
        if (schema.Number(0, sizeof(short)) != 0) throw new InvalidDataException("its numbers are big-endian, which is not read");
        Fields(schema, 1, 0);
        KeyValues(schema, 2);
    }

    private void Fields(FlatTable parent, int slot, int depth)
    {
        if (depth > MaxDepth) throw Malformed();
        int count = parent.TableCount(slot);
        for (int i = 0; i < count; i++)
        {
            Spend(TableBytes);
            FlatTable field = parent.Table(slot, i);
            Text(field, 0);
            switch (field.Number(2, sizeof(byte)))
            {
                case UnionType: Spend(field.Table(3).Vector(1, sizeof(int)).Length); break;
                case TimestampType: Text(field.Table(3), 1); break;
            }

            Fields(field, 5, depth + 1);
            KeyValues(field, 6);
        }
    }

    private void KeyValues(FlatTable table, int slot)
    {
        int count = table.TableCount(slot);
        for (int i = 0; i < count; i++)
        {
            Spend(TableBytes);
            FlatTable pair = table.Table(slot, i);
            Text(pair, 0);
            Text(pair, 1);
        }
    }

    private void Text(FlatTable table, int slot) => Spend(table.Vector(slot, 1).Length);

    private static void Batch(FlatTable batch, long bodyBytes)
    {
        // A node is a length and a count of nulls, a buffer is an offset and a length; Apache.Arrow takes all of them as 32-bit numbers.
        ReadOnlySpan<byte> nodes = batch.Vector(1, 2 * sizeof(long)), buffers = batch.Vector(2, 2 * sizeof(long));
        if (batch.Number(0, sizeof(long)) is < 0 or > int.MaxValue) throw Malformed();
        foreach (long number in MemoryMarshal.Cast<byte, long>(nodes))
        {
            if (number is < 0 or > int.MaxValue) throw Malformed();
        }

        int bufferCount = buffers.Length / (2 * sizeof(long));
        for (; buffers.Length > 0; buffers = buffers[(2 * sizeof(long))..])
        {
            long offset = BinaryPrimitives.ReadInt64LittleEndian(buffers);
            long length = BinaryPrimitives.ReadInt64LittleEndian(buffers[sizeof(long)..]);
            if (offset < 0 || length < 0 || offset > bodyBytes || length > bodyBytes - offset) throw Malformed();
        }

        foreach (long count in MemoryMarshal.Cast<byte, long>(batch.Vector(4, sizeof(long))))
        {
            if (count < 0 || count > bufferCount) throw Malformed();
        }
    }
}
