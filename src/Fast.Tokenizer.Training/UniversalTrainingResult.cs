namespace Fast.Tokenizer.Training;

/// <summary>A tokenizer with one vocabulary for several robots, and how it does on each.</summary>
/// <param name="Tokenizer">The tokenizer; <see cref="FastActionTokenizer.For"/> gives that of one robot.</param>
/// <param name="Embodiments">The data sets, in the order in which they were given.</param>
public sealed record UniversalTrainingResult(FastActionTokenizer Tokenizer, IReadOnlyList<EmbodimentResult> Embodiments);
