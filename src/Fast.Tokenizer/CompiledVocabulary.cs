using Fast.Tokenizer.RateDistortion;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer;

/// <summary>What is made of a vocabulary once, for all tokenizers that share it.</summary>
/// <param name="alphabet">The coefficient alphabet.</param>
/// <param name="vocabulary">The vocabulary over its symbols.</param>
internal sealed class CompiledVocabulary(CoefficientAlphabet alphabet, BpeVocabulary vocabulary)
{
    private SegmentationTrie? _trie;

    /// <summary>Writes and reads tokens.</summary>
    public TokenCodec Codec { get; } = alphabet.CreateCodec(vocabulary);

    /// <summary>Made when first needed: canonical encoding does without. Two threads may both make it, and make the same.</summary>
    public SegmentationTrie Trie => _trie ??= new SegmentationTrie(vocabulary, alphabet);
}
