namespace Fast.Tokenizer.RateDistortion;

/// <summary>A node of a <see cref="SegmentationTrie"/>.</summary>
internal record struct SegmentationNode
{
    /// <summary>The token that ends here, or <see cref="SegmentationTrie.None"/>.</summary>
    public int Token { get; init; }

    /// <summary>Where the label starts in the labels of the trie.</summary>
    public int LabelStart { get; init; }

    /// <summary>Symbols of the label, at least 1.</summary>
    public int LabelLength { get; init; }

    /// <summary>For a label of zeros only, the symbol of the spelling of zero that it starts with; else <see cref="SegmentationTrie.None"/>.</summary>
    public int ZeroPhase { get; init; }

    /// <summary>Coefficients that begin within the label.</summary>
    public int Begun { get; init; }

    /// <summary>The most coefficients that begin from the start of the label to the end of a token below.</summary>
    public int Reach { get; set; }

    /// <summary>The first of the children, which lie side by side.</summary>
    public int FirstChild { get; init; }

    /// <summary>Number of children.</summary>
    public int ChildCount { get; init; }
}
