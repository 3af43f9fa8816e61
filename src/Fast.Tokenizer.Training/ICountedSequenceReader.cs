namespace Fast.Tokenizer.Training;

/// <summary>Reads distinct sequences one after the other. Not safe for use from several threads at once.</summary>
internal interface ICountedSequenceReader : IDisposable
{
    /// <summary>The values up to the last that is not zero; valid until the next call of <see cref="Next"/>.</summary>
    ReadOnlySpan<short> Head { get; }

    /// <summary>Number of values, the zeros at the end included.</summary>
    int Length { get; }

    /// <summary>How often the sequence occurred, at least 1.</summary>
    long Count { get; }

    /// <summary>Goes on to the next sequence, to the first at the first call.</summary>
    /// <returns>False at the end.</returns>
    bool Next();
}
