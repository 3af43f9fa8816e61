using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli;

/// <summary>What <c>train</c> reports of a target.</summary>
/// <param name="Chosen">The point that was chosen, as measured on training episodes.</param>
/// <param name="EncodingArguments">How to encode with the tokenizer: options of <c>encode</c>, <c>evaluate</c> and <c>verify</c>.</param>
/// <param name="Curve">All points that were measured, in their order.</param>
internal sealed record TuningSummary(TunePoint Chosen, string EncodingArguments, IReadOnlyList<TunePoint> Curve);
