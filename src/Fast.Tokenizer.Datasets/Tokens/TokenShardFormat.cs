namespace Fast.Tokenizer.Datasets.Tokens;

/// <summary>The form of the files that token ids of a data set are written to.</summary>
public enum TokenShardFormat
{
    /// <summary>
    /// Apache Parquet, with columns <c>ids</c> (list of int32), <c>length</c> (int32), <c>episode</c> (string), <c>episode_index</c>
    /// (int32) and <c>start_step</c> (int32).
    /// </summary>
    Parquet,

    /// <summary>One JSON object per line, with the same names as the columns of <see cref="Parquet"/>.</summary>
    JsonLines,
}
