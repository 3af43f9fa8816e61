namespace Fast.Tokenizer.Training;

/// <summary>The vocabulary asked for cannot hold even the single symbols of the alphabet.</summary>
public sealed class VocabularyTooSmallException : ArgumentException
{
    internal VocabularyTooSmallException(string message, string paramName)
        : base(message, paramName)
    {
    }
}
