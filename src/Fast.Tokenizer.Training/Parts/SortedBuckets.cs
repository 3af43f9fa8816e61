using Fast.Tokenizer.Normalization;

namespace Fast.Tokenizer.Training.Parts;

/// <summary>The buckets of estimated columns, ascending by <see cref="ValueKey"/>.</summary>
internal sealed class SortedBuckets : KeyCursor
{
    private readonly IEnumerator<(int Column, int Bucket, long Count)> _buckets;

    public SortedBuckets(IReadOnlyList<StreamingStatisticsAccumulator> columns)
    {
        Bytes = new byte[ValueKey.MaxLength];
        _buckets = columns
            .SelectMany((column, c) => column.Histogram.Buckets().Select(bucket => (c, bucket.Bucket, bucket.Count)))
            .GetEnumerator();
    }

    /// <inheritdoc/>
    public override bool Next()
    {
        if (!_buckets.MoveNext()) return false;
        (int column, int bucket, Count) = _buckets.Current;
        Length = ValueKey.Write(column, (ulong)bucket, Bytes);
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _buckets.Dispose();
        base.Dispose();
    }
}
