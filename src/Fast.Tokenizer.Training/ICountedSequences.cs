namespace Fast.Tokenizer.Training;

/// <summary>Distinct sequences of small integers with the number of times each occurred, readable any number of times.</summary>
/// <remarks>The order of the sequences says nothing: what is trained on them does not depend on it.</remarks>
internal interface ICountedSequences
{
    /// <summary>Number of distinct sequences.</summary>
    long DistinctCount { get; }

    /// <summary>Number of values in the distinct sequences.</summary>
    long ValueCount { get; }

    /// <summary>Number of sequences, each as often as it occurred.</summary>
    long TotalCount { get; }

    /// <summary>Number of values in all sequences, each as often as it occurred; the zeros at the end of one count as one value.</summary>
    long Mass { get; }

    /// <summary>Smallest value; 0 where there is none.</summary>
    int MinValue { get; }

    /// <summary>Largest value; 0 where there is none.</summary>
    int MaxValue { get; }

    /// <summary>Starts to read them from the first.</summary>
    ICountedSequenceReader Read();
}
