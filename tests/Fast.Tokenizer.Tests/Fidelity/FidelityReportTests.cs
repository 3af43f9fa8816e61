using System.Text.Json;
using Fast.Tokenizer.Fidelity;

namespace Fast.Tokenizer.Tests.Fidelity;

public sealed class FidelityReportTests
{
    /// <summary>A report with a different value in every field; dimension <c>lid</c> has no range.</summary>
    internal static FidelityReport Sample { get; } = new()
    {
        Chunks = 12,
        Horizon = 50,
        Dimensions = 2,
        MeanTokens = 25,
        P50Tokens = 24.5,
        P95Tokens = 38.5,
        P99Tokens = 39.25,
        MaxTokens = 40,
        TokensPerSecond = 27.5,
        CompressionRatio = 4,
        Rmse = 0.015,
        MaxError = 0.0625,
        MaxErrorAt = new("episode_7", 43, 0, "elbow"),
        RmseNormalized = 0.03,
        MaxErrorNormalized = 0.125,
        MaxErrorNormalizedAt = new("episode_7", 43, 0, "elbow"),
        Clipped = 3,
        ClippedChunks = 2,
        UndecodableChunks = 1,
        UndecodableTokens = 7,
        FirstUndecodable = new("episode_9", 5, 0, "elbow"),
        WorstChunk = new("episode_7", 20, 33, 0.0625),
        WorstChunks = [new("episode_7", 20, 33, 0.0625)],
        LongestChunk = new("episode_2", 10, 40, 0.03125),
        PrefixQuality = [new(0.25, 0.5, 1.5), new(0.5, 0.25, null)],
        VocabularyUse = new(0.75, 0.875, 0.0625),
        PerStep = [new(0, 0.5, null)],
        PerDimension =
        [
            new()
            {
                Name = "elbow", Unit = "rad", Rmse = 0.02, MeanError = -0.001, MeanAbsoluteError = 0.015, P99Error = 0.05,
                MaxError = 0.0625, MaxErrorAt = new("episode_7", 43, 0, "elbow"),
                RmseNormalized = 0.04, MeanAbsoluteErrorNormalized = 0.03, MeanErrorNormalized = -0.002, P99ErrorNormalized = 0.1, MaxErrorNormalized = 0.125,
            },
            new()
            {
                Name = "lid", Unit = "", Rmse = 0, MeanError = 0, MeanAbsoluteError = 0, P99Error = 0,
                MaxError = 0, MaxErrorAt = new("episode_0", 0, 1, "lid"),
                RmseNormalized = null, MeanAbsoluteErrorNormalized = null, MeanErrorNormalized = null, P99ErrorNormalized = null, MaxErrorNormalized = null,
            },
        ],
    };

    [Fact]
    public void The_json_has_these_fields_and_values() => Assert.Equal(
        """
        {"chunks":12,"horizon":50,"dims":2,"mean_tokens":25,"p50_tokens":24.5,"p95_tokens":38.5,"p99_tokens":39.25,"max_tokens":40,
        "tokens_per_second":27.5,"compression_ratio":4,
        "rmse":0.015,"max_error":0.0625,"max_error_at":{"episode":"episode_7","step":43,"dimension":0,"name":"elbow"},
        "rmse_normalized":0.03,"max_error_normalized":0.125,
        "max_error_normalized_at":{"episode":"episode_7","step":43,"dimension":0,"name":"elbow"},"clipped":3,
        "clipped_chunks":2,"undecodable_chunks":1,"undecodable_tokens":7,"first_undecodable":{"episode":"episode_9","step":5,"dimension":0,"name":"elbow"},
        "worst_chunk":{"episode":"episode_7","step":20,"tokens":33,"max_error":0.0625},
        "worst_chunks":[{"episode":"episode_7","step":20,"tokens":33,"max_error":0.0625}],
        "longest_chunk":{"episode":"episode_2","step":10,"tokens":40,"max_error":0.03125},
        "prefix_quality":[{"share":0.25,"rmse":0.5,"rmse_normalized":1.5},{"share":0.5,"rmse":0.25,"rmse_normalized":null}],
        "vocabulary_use":{"used_share":0.75,"entropy":0.875,"most_frequent_share":0.0625},
        "per_step":[{"step":0,"rmse":0.5,"rmse_normalized":null}],
        "per_dimension":[{"name":"elbow","unit":"rad","rmse":0.02,"mean_absolute_error":0.015,"p99_error":0.05,"max_error":0.0625,
        "max_error_at":{"episode":"episode_7","step":43,"dimension":0,"name":"elbow"},"mean_error":-0.001,
        "rmse_normalized":0.04,"mean_absolute_error_normalized":0.03,"p99_error_normalized":0.1,"max_error_normalized":0.125,
        "mean_error_normalized":-0.002},
        {"name":"lid","unit":"","rmse":0,"mean_absolute_error":0,"p99_error":0,"max_error":0,"max_error_at":{"episode":"episode_0","step":0,"dimension":1,"name":"lid"},
        "mean_error":0,"rmse_normalized":null,"mean_absolute_error_normalized":null,"p99_error_normalized":null,"max_error_normalized":null,
        "mean_error_normalized":null}]}
        """.ReplaceLineEndings(""),
        Sample.ToJson());

    [Fact]
    public void Indented_json_says_the_same_on_more_lines()
    {
        string indented = Sample.ToJson(indented: true);

        Assert.StartsWith("{\n  \"chunks\": 12,\n", indented, StringComparison.Ordinal);
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(Sample.ToJson()).RootElement, JsonDocument.Parse(indented).RootElement));
    }

    [Fact]
    public void Names_outside_ascii_survive_json()
    {
        FidelityReport report = Sample with { MaxErrorAt = new("épisode \"1\"", 0, 0, "coude °") };

        JsonElement at = JsonDocument.Parse(report.ToJson()).RootElement.GetProperty("max_error_at");

        Assert.Equal("épisode \"1\"", at.GetProperty("episode").GetString());
        Assert.Equal("coude °", at.GetProperty("name").GetString());
    }
}
