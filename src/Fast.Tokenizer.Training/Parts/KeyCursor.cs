namespace Fast.Tokenizer.Training.Parts;

/// <summary>Counted byte strings in ascending order, one after the other. Not safe for use from several threads at once.</summary>
/// <remarks>Fields, not virtual properties: merging looks at them several times for each string.</remarks>
internal abstract class KeyCursor : IDisposable
{
    /// <summary>Where the bytes of the current string stand.</summary>
    protected byte[] Bytes { get; set; } = [];

    protected int Start { get; set; }

    protected int Length { get; set; }

    /// <summary>The current string; valid until the next call of <see cref="Next"/>.</summary>
    public ReadOnlySpan<byte> Key => new(Bytes, Start, Length);

    /// <summary>How often it occurred, at least 1.</summary>
    public long Count { get; protected set; }

    /// <summary>Goes on to the next string, to the first at the first call.</summary>
    /// <returns>False at the end.</returns>
    public abstract bool Next();

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }
}
