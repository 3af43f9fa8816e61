namespace Fast.Tokenizer.Vocabulary;

/// <summary>The classes of characters that the GPT-2 regular expression tells apart.</summary>
internal enum CodePointClass : byte
{
    /// <summary>Neither blank, letter nor number.</summary>
    Other,

    /// <summary><c>\s</c></summary>
    Blank,

    /// <summary><c>\p{L}</c></summary>
    Letter,

    /// <summary><c>\p{N}</c></summary>
    Number,
}
