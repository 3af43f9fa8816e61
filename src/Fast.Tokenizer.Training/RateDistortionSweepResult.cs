namespace Fast.Tokenizer.Training;

/// <summary>What a sweep measured.</summary>
/// <param name="Horizon">Time steps in a chunk, T.</param>
/// <param name="Dimensions">Action dimensions in a chunk, D.</param>
/// <param name="TrainingEpisodes">Episodes trained on.</param>
/// <param name="HeldOutEpisodes">Episodes measured on; 0 where those trained on were.</param>
/// <param name="SkippedEpisodes">Episodes shorter than the horizon, left out.</param>
/// <param name="Windows">Windows that each point was measured on.</param>
/// <param name="Points">The points, by vocabulary size, then by tokens.</param>
/// <param name="Baselines">Plain FAST, the published scheme and binning, by scheme, vocabulary size and tokens.</param>
/// <param name="Skipped">What was left out.</param>
public sealed record RateDistortionSweepResult(
    int Horizon,
    int Dimensions,
    int TrainingEpisodes,
    int HeldOutEpisodes,
    int SkippedEpisodes,
    int Windows,
    IReadOnlyList<RateDistortionSweepPoint> Points,
    IReadOnlyList<RateDistortionSweepPoint> Baselines,
    IReadOnlyList<RateDistortionSweepSkip> Skipped);
