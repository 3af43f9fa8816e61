namespace Fast.Tokenizer.Training;

/// <summary>How far a training has come.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Done">Units done in this stage.</param>
/// <param name="Total">Units in this stage, or 0 where it is not known beforehand.</param>
public readonly record struct TrainingProgress(TrainingStage Stage, long Done, long Total);
