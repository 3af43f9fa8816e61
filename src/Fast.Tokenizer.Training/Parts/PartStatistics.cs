using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Training.Parts;

/// <summary>The statistics that a part of the first pass holds.</summary>
internal static class PartStatistics
{
    /// <summary>Reads estimated statistics.</summary>
    /// <exception cref="InvalidDataException">The part is damaged.</exception>
    public static ActionStatistics ReadEstimate(PartFile part, int columns, double error, CancellationToken cancellationToken)
    {
        StreamingStatisticsAccumulator[] estimates =
            [.. Enumerable.Range(0, columns).Select(_ => new StreamingStatisticsAccumulator(1, error))];

        // In the order of the shards: rounding depends on it.
        foreach (PartHeader.ShardEntry shard in part.Header.Shards)
        {
            for (int c = 0; c < columns; c++)
            {
                PartHeader.MomentsEntry moments = shard.Moments![c];
                estimates[c].AddMoments(moments.Count, moments.Min, moments.Max, moments.Mean, moments.Squares);
            }
        }

        var counts = new long[columns];
        Read(
            part,
            columns,
            (column, number, count) =>
            {
                counts[column] += count;
                if (number > int.MaxValue || !estimates[column].Histogram.TryAdd((int)number, count)) throw Bad(part);
            },
            cancellationToken);
        for (int c = 0; c < columns; c++)
            if (counts[c] != estimates[c].Count) throw Bad(part);
        return new ColumnStatistics(estimates).ToStatistics();
    }

    private static void Read(PartFile part, int columns, Action<int, ulong, long> add, CancellationToken cancellationToken)
    {
        using KeyBlockCursor keys = part.ReadBody(ValueKey.MaxLength);
        for (long i = 0; keys.Next(); i++)
        {
            if ((i & 0xFFF) == 0) cancellationToken.ThrowIfCancellationRequested();
            if (!ValueKey.TryRead(keys.Key, out int column, out ulong number) || column >= columns) throw Bad(part);
            add(column, number, keys.Count);
        }
    }

    private static InvalidDataException Bad(PartFile part) => PartFile.Damaged(part.Name, "it holds a value that no action has");
}
