namespace Fast.Tokenizer.Datasets.ParquetFiles;

/// <summary>A column of a Parquet file: a leaf of its schema.</summary>
/// <param name="Name">The name of the top-level field that it stands in.</param>
/// <param name="Type">The physical type of its values; -1 where the schema gives none.</param>
/// <param name="Definition">The definition level of a value that is there: one for each optional or repeated element on its path.</param>
/// <param name="Repetition">The lists on its path.</param>
/// <param name="Index">Its place among the columns of each row group.</param>
internal sealed record ParquetColumn(string Name, Parquet.Meta.Type Type, int Definition, int Repetition, int Index);
