using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer;

// Saving and loading.
public sealed partial class FastActionTokenizer
{
    /// <summary>Loads a tokenizer from its folder.</summary>
    /// <param name="directory">The folder.</param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="ArgumentException">The name of the folder is empty.</exception>
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

    /// <summary>
    /// Saves the tokenizer as a Hugging Face folder that Python loads too. An existing tokenizer folder is replaced as a whole.
    /// </summary>
    /// <param name="directory">The folder; its parents are made where they are missing.</param>
    /// <exception cref="ArgumentException">The name of the folder is empty.</exception>
    /// <exception cref="IOException">The folder cannot be written, or holds files that are not a tokenizer's.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write there.</exception>
    /// <exception cref="InvalidOperationException">Two tokens expand to the same symbols, which the format cannot hold.</exception>
    public void Save(string directory) => TokenizerFolder.Save(Definition, directory);

    /// <summary>Saves the tokenizer with a note of how it was trained, <c>train.json</c>.</summary>
    /// <remarks>
    /// The note belongs to the folder and goes with it, but is no part of the tokenizer: loading does not read it, and no checksum is over
    /// it, so that the same tokenizer has the same checksum from wherever it was trained.
    /// </remarks>
    /// <param name="directory">The folder; its parents are made where they are missing.</param>
    /// <param name="trainingConfiguration">The content of the note, JSON in UTF-8.</param>
    /// <exception cref="ArgumentException">The name of the folder is empty.</exception>
    /// <exception cref="IOException">The folder cannot be written, or holds files that are not a tokenizer's.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write there.</exception>
    /// <exception cref="InvalidOperationException">Two tokens expand to the same symbols, which the format cannot hold.</exception>
    public void Save(string directory, ReadOnlySpan<byte> trainingConfiguration) =>
        TokenizerFolder.Save(Definition, directory, trainingConfiguration.ToArray());

    /// <summary>What tells this tokenizer from others: the checksum that stands in <c>fast_tokenizer.json</c> where it is saved.</summary>
    /// <returns><c>sha256:</c> and 64 hexadecimal digits.</returns>
    /// <exception cref="InvalidOperationException">As for <see cref="Save(string)"/>.</exception>
    public string Checksum() => TokenizerFolder.ChecksumOf(Definition);
}
