namespace Fast.Tokenizer.Training.Parts;

/// <summary>What a part holds.</summary>
public enum CorpusPartKind
{
    /// <summary>The values that are normalised, counted for their statistics: the first pass.</summary>
    Statistics = 1,

    /// <summary>The coefficient sequences under given statistics, counted for the vocabulary: the second pass.</summary>
    Coefficients = 2,
}
