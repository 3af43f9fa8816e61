namespace Fast.Tokenizer.Training;

/// <summary>Sequences of token ids with the number of times each occurred: the state of a training that can be gone through again.</summary>
internal interface ITokenSequences
{
    /// <summary>Number of sequences.</summary>
    long SequenceCount { get; }

    /// <summary>Number of tokens in them.</summary>
    long TokenCount { get; }

    /// <summary>Goes through all sequences, from the first.</summary>
    /// <param name="visit">Told of each one's tokens, which are valid during the call only, and of how often it occurred.</param>
    void ForEach(Action<ReadOnlySpan<ushort>, long> visit);
}
