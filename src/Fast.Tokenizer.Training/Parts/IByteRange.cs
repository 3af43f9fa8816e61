namespace Fast.Tokenizer.Training.Parts;

/// <summary>Bytes that are read once, from the first to the last.</summary>
internal interface IByteRange : IDisposable
{
    /// <summary>What to call it in messages.</summary>
    string Name { get; }

    /// <summary>Bytes not read yet.</summary>
    long Remaining { get; }

    /// <summary>Reads the next bytes.</summary>
    /// <exception cref="InvalidDataException">There are not as many.</exception>
    void Read(Span<byte> bytes);

    /// <summary>Called once all is read.</summary>
    /// <exception cref="InvalidDataException">What was read is not what was written.</exception>
    void Finish();
}
