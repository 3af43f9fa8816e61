using System.Text.Json;
using System.Text.Json.Serialization;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Report;

/// <summary>The figures as they lie in the page.</summary>
[JsonSerializable(typeof(ReportFigures))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>Names in <c>snake_case</c>, no blanks. The encoder leaves no character that could end a script in HTML.</summary>
    public static ReportJson Compact { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter<RateDistortionSweepScheme>(JsonNamingPolicy.SnakeCaseLower) },
    });
}
