namespace Fast.Tokenizer.Interop;

/// <summary>A saved tokenizer: a Hugging Face folder with <c>fast_tokenizer.json</c> beside the files that Python reads.</summary>
public static class TokenizerFolder
{
    /// <summary>Reads a folder.</summary>
    /// <param name="directory">The folder.</param>
    public static FastTokenizerDefinition Load(string directory) => throw new NotImplementedException(directory);

    /// <summary>Writes a folder, whole or not at all.</summary>
    /// <param name="definition">What to write.</param>
    /// <param name="directory">The folder.</param>
    public static void Save(FastTokenizerDefinition definition, string directory) => throw new NotImplementedException(directory);
}
