namespace Fast.Tokenizer.Datasets.ParquetFiles;

/// <summary>Rows that stand together in a Parquet file.</summary>
/// <param name="FirstRow">Rows of the file before them.</param>
/// <param name="Rows">How many there are.</param>
/// <param name="Chunks">One per column.</param>
internal sealed record ParquetRowGroup(int FirstRow, int Rows, IReadOnlyList<ParquetChunk> Chunks);
