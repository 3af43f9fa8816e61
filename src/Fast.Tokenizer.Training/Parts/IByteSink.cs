namespace Fast.Tokenizer.Training.Parts;

/// <summary>Takes bytes in order.</summary>
internal interface IByteSink
{
    /// <summary>Takes the next bytes.</summary>
    void Write(ReadOnlySpan<byte> bytes);
}
