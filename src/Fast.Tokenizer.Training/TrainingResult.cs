using Fast.Tokenizer.Fidelity;

namespace Fast.Tokenizer.Training;

/// <summary>A trained tokenizer, and how it does on episodes it has not seen.</summary>
/// <param name="Tokenizer">The tokenizer.</param>
/// <param name="HeldOut">The report over the held-out episodes; null where none were kept back.</param>
public sealed record TrainingResult(FastActionTokenizer Tokenizer, FidelityReport? HeldOut);
