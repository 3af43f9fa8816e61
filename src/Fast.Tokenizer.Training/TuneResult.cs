using Fast.Tokenizer.Fidelity;

namespace Fast.Tokenizer.Training;

/// <summary>A tuned tokenizer, and how to encode with it.</summary>
/// <param name="Tokenizer">The tokenizer, trained on all training episodes with the chosen scale and vocabulary size.</param>
/// <param name="Encoding">The choices to encode with.</param>
/// <param name="Chosen">The point that was chosen, as measured on validation episodes.</param>
/// <param name="Curve">All points that were measured, in the order in which they were.</param>
/// <param name="HeldOut">
/// The report over the held-out episodes, encoded with <paramref name="Encoding"/>; null where none were kept back.
/// </param>
public sealed record TuneResult(
    FastActionTokenizer Tokenizer, EncodeOptions Encoding, TunePoint Chosen, IReadOnlyList<TunePoint> Curve, FidelityReport? HeldOut);
