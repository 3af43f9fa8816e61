using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Training;

/// <summary>Which alphabet a vocabulary is trained over.</summary>
public enum AlphabetKind
{
    /// <summary><see cref="IntegerAlphabet"/>: merges may join any coefficients; fewer tokens. The default.</summary>
    Integer,

    /// <summary>
    /// <see cref="ByteLevelAlphabet"/>: what <c>fit</c> of the published processor gives from the same coefficients, id for id.
    /// </summary>
    ByteLevel,
}
