namespace Fast.Tokenizer.Training;

/// <summary>The vocabulary asked for cannot hold even the single symbols of the alphabet.</summary>
public sealed class VocabularyTooSmallException : ArgumentException
{
    /// <summary>Makes an exception.</summary>
    public VocabularyTooSmallException()
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">Which sizes, and the remedy.</param>
    public VocabularyTooSmallException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">Which sizes, and the remedy.</param>
    /// <param name="innerException">What led to it.</param>
    public VocabularyTooSmallException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">Which sizes, and the remedy.</param>
    /// <param name="paramName">The parameter that asks for the size.</param>
    public VocabularyTooSmallException(string message, string paramName)
        : base(message, paramName)
    {
    }
}
