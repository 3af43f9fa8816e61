using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fast.Tokenizer.Fidelity;

[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FidelityReport))]
internal sealed partial class FidelityJson : JsonSerializerContext
{
    public static FidelityJson Indented { get; } =
        new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n" });
}
