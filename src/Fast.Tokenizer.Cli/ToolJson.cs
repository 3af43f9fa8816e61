using System.Text.Json;
using System.Text.Json.Serialization;
using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli;

/// <summary>The JSON that <c>--json</c> writes.</summary>
[JsonSerializable(typeof(TrainingSummary))]
[JsonSerializable(typeof(UniversalSummary))]
[JsonSerializable(typeof(TokenizerDescription))]
[JsonSerializable(typeof(VerificationResult))]
[JsonSerializable(typeof(RateDistortionSweepResult))]
[JsonSerializable(typeof(TokenizeSummary))]
[JsonSerializable(typeof(EncodeSummary))]
[JsonSerializable(typeof(DecodeSummary))]
[JsonSerializable(typeof(ConvertSummary))]
[JsonSerializable(typeof(ReportSummary))]
[JsonSerializable(typeof(PartSummary))]
[JsonSerializable(typeof(List<SkippedEpisode>))]
internal sealed partial class ToolJson : JsonSerializerContext
{
    /// <summary>Names in <c>snake_case</c>, a field per line.</summary>
    public static ToolJson Indented { get; } =
        new(new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            Converters = { new JsonStringEnumConverter<RateDistortionSweepScheme>(JsonNamingPolicy.SnakeCaseLower) },
            WriteIndented = true,
            NewLine = "\n",
        });
}
