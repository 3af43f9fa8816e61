using System.Text.Json.Serialization;

namespace Fast.Tokenizer.Interop;

/// <summary><c>processor_config.json</c> of the published processor.</summary>
internal sealed record ProcessorConfig
{
    public int? ActionDim { get; init; }

    public AutoMapEntry? AutoMap { get; init; }

    public required int MinToken { get; init; }

    public string? ProcessorClass { get; init; }

    public required double Scale { get; init; }

    public int? TimeHorizon { get; init; }

    public required int VocabSize { get; init; }

    internal sealed record AutoMapEntry
    {
        // The published processor on the Hub, unmodified: the folder needs no Python file of its own.
        public const string Published = "physical-intelligence/fast--processing_action_tokenizer.UniversalActionProcessor";

        [JsonPropertyName("AutoProcessor")]
        public string? AutoProcessor { get; init; }
    }
}

/// <summary><c>tokenizer_config.json</c> as the Python side writes it.</summary>
internal sealed class PretrainedTokenizerConfig
{
    public SortedDictionary<string, string> AddedTokensDecoder { get; init; } = [];

    public ProcessorConfig.AutoMapEntry? AutoMap { get; init; }

    public bool CleanUpTokenizationSpaces { get; init; }

    public string? ProcessorClass { get; init; }

    public string? TokenizerClass { get; init; }
}

/// <summary>Reads and writes the small files of a Hugging Face folder.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    NewLine = "\n",
    AllowDuplicateProperties = false,
    MaxDepth = 16)]
[JsonSerializable(typeof(ProcessorConfig))]
[JsonSerializable(typeof(PublishedProcessor))]
[JsonSerializable(typeof(PretrainedTokenizerConfig))]
internal sealed partial class HuggingFaceConfigJson : JsonSerializerContext;
