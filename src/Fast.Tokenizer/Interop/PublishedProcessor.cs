namespace Fast.Tokenizer.Interop;

/// <summary>The part of a foreign <c>processor_config.json</c> that matters to ids; the rest belongs to Python.</summary>
internal sealed class PublishedProcessor
{
    public required double Scale { get; init; }

    public required int MinToken { get; init; }

    public required int VocabSize { get; init; }

    public int? TimeHorizon { get; init; }

    public int? ActionDim { get; init; }
}
