namespace Fast.Tokenizer.Datasets.Tokens;

/// <summary>How far the encoding of a data set has come.</summary>
/// <param name="Episodes">Episodes done.</param>
/// <param name="Chunks">Chunks done, those of whole files of an earlier run included.</param>
public readonly record struct DatasetTokenizerProgress(int Episodes, long Chunks);
