namespace Fast.Tokenizer.Datasets.Rlds;

/// <summary>What a feature of a <c>tf.train.Example</c> holds.</summary>
internal enum FeatureKind
{
    /// <summary>Nothing: the feature is there, its list is not.</summary>
    None,

    /// <summary>A list of byte strings: text, images.</summary>
    Bytes,

    /// <summary>A list of 32-bit floating point numbers.</summary>
    Float,

    /// <summary>A list of 64-bit integers.</summary>
    Integer,
}
