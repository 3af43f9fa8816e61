using Parquet.Meta;

namespace Fast.Tokenizer.Datasets.ParquetFiles;

/// <summary>The part of a column that one row group holds: pages one after the other. Checked to lie within the file.</summary>
/// <param name="Start">Where its first page header stands.</param>
/// <param name="Length">Bytes of all its pages with their headers.</param>
/// <param name="Values">Values and nulls.</param>
/// <param name="Codec">How its pages are compressed.</param>
internal sealed record ParquetChunk(long Start, int Length, int Values, CompressionCodec Codec);
