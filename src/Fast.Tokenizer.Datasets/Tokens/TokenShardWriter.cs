namespace Fast.Tokenizer.Datasets.Tokens;

/// <summary>Writes encoded chunks to a stream; the same chunks give the same bytes, however they are divided into blocks.</summary>
internal abstract class TokenShardWriter
{
    /// <summary>How the files of a format end, without the dot.</summary>
    public static string Extension(TokenShardFormat format) => format == TokenShardFormat.Parquet ? "parquet" : "jsonl";

    /// <summary>Starts a file.</summary>
    /// <param name="format">Its form.</param>
    /// <param name="stream">Where it goes; stays open.</param>
    public static async Task<TokenShardWriter> CreateAsync(TokenShardFormat format, Stream stream) => format == TokenShardFormat.Parquet
        ? await ParquetTokenWriter.CreateAsync(stream).ConfigureAwait(false)
        : new JsonLinesTokenWriter(stream);

    /// <summary>Appends a row per chunk.</summary>
    public abstract Task AppendAsync(TokenBlock block);

    /// <summary>Writes what is held back, and the end of the file.</summary>
    public abstract ValueTask CompleteAsync();
}
