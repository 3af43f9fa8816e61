using System.Text.Json;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Interop;

/// <summary>
/// A FAST folder as the Python processor saves it: <c>tokenizer.json</c> and <c>processor_config.json</c>, without statistics.
/// </summary>
internal static class PublishedFolder
{
    /// <summary>Reads the folder.</summary>
    /// <exception cref="InvalidDataException">The files do not describe a FAST tokenizer.</exception>
    public static FastTokenizerDefinition Read(byte[] tokenizerJson, string tokenizerPath, byte[] processorJson, string processorPath)
    {
        HuggingFaceTokenizer file = HuggingFaceTokenizer.Parse(tokenizerJson, tokenizerPath);
        PublishedProcessor processor = Parse(processorJson, processorPath);
        if (processor.VocabSize != file.Tokens.Length)
        {
            throw new InvalidDataException(
                $"{processorPath} says vocab_size {processor.VocabSize}, {tokenizerPath} has {file.Tokens.Length} tokens: these are files of two tokenizers; "
                + $"where training stopped early, set vocab_size to {file.Tokens.Length}");
        }

        try
        {
            _ = new CoefficientQuantizer(processor.Scale);
            (CoefficientAlphabet alphabet, BpeVocabulary vocabulary) = Vocabulary(file, processor.MinToken, tokenizerPath);
            return new FastTokenizerDefinition
            {
                Scale = processor.Scale,
                Alphabet = alphabet,
                Vocabulary = vocabulary,
                Metadata = new ActionMetadata
                    { Horizon = Positive(processor.TimeHorizon, "time_horizon"), Dimensions = Positive(processor.ActionDim, "action_dim") },
            };
        }
        catch (ArgumentException problem)
        {
            throw new InvalidDataException($"{processorPath}: {problem.Message}", problem);
        }

        int? Positive(int? value, string name) => value is null or > 0
            ? value : throw new InvalidDataException($"{processorPath}: {name} is {value}, expected a positive number");
    }

    /// <summary>The alphabet and the vocabulary that a <c>tokenizer.json</c> describes.</summary>
    public static (CoefficientAlphabet Alphabet, BpeVocabulary Vocabulary) Vocabulary(
        HuggingFaceTokenizer file, int minToken, string path) => file.IsByteLevel
        ? (new ByteLevelAlphabet(minToken, file.SplitsWords, file.Tokens), ByteLevelVocabulary.Create(file.Tokens, file.Merges))
        : IntegerAlphabetText.Vocabulary(file, minToken, path);

    private static PublishedProcessor Parse(byte[] json, string path)
    {
        try
        {
            return JsonSerializer.Deserialize(json, HuggingFaceConfigJson.Default.PublishedProcessor)
                ?? throw new InvalidDataException($"{path} is empty");
        }
        catch (Exception problem) when (JsonProblem.Is(problem))
        {
            throw new InvalidDataException($"{path}: {JsonProblem.Describe(problem)}", problem);
        }
    }
}
