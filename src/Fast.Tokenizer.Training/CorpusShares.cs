namespace Fast.Tokenizer.Training;

/// <summary>What part each of several data sets has in the training of one vocabulary, before the weights that are given.</summary>
public enum CorpusShares
{
    /// <summary>By size: each window counts once, as if all data sets were one.</summary>
    Size,

    /// <summary>
    /// Equal: each data set has the same mass (<see cref="SequenceCorpus.Mass"/>), so that a large one does not crowd out a small one. The
    /// windows of a small one count many times: with much fewer of them than tokens, the vocabulary learns them by heart.
    /// </summary>
    Equal,
}
