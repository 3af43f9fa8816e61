using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer;

/// <content>Saving and loading.</content>
public sealed partial class FastActionTokenizer
{
    /// <summary>Loads a tokenizer from its folder.</summary>
    /// <param name="directory">The folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">A file is missing, damaged, edited, or from a newer version of the format.</exception>
    public static FastActionTokenizer Load(string directory)
    {
        FastTokenizerDefinition definition = TokenizerFolder.Load(directory);
        try
        {
            return new FastActionTokenizer(definition);
        }
        catch (ArgumentException problem)
        {
            throw new InvalidDataException($"{directory}: {problem.Message}", problem);
        }
    }

    /// <summary>Saves the tokenizer as a Hugging Face folder that Python loads too. An existing tokenizer folder is replaced as a whole.</summary>
    /// <param name="directory">The folder; its parents are made where they are missing.</param>
    /// <exception cref="IOException">The folder cannot be written, or holds files that are not a tokenizer's.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write there.</exception>
    public void Save(string directory) => TokenizerFolder.Save(Definition, directory);
}
