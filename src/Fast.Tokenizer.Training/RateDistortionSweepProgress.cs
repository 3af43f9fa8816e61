namespace Fast.Tokenizer.Training;

/// <summary>How far a sweep has come.</summary>
/// <param name="Done">Tokenizers trained and measured.</param>
/// <param name="Total">Tokenizers to train.</param>
public readonly record struct RateDistortionSweepProgress(int Done, int Total);
