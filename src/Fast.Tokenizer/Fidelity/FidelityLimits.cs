namespace Fast.Tokenizer.Fidelity;

/// <summary>Limits on the errors of one action dimension, in its unit; one that is null is not checked.</summary>
/// <param name="MaxRmse">Most that <see cref="FidelityDimension.Rmse"/> may be.</param>
/// <param name="MaxError">Most that <see cref="FidelityDimension.MaxError"/> may be.</param>
/// <param name="MaxP99Error">Most that <see cref="FidelityDimension.P99Error"/> may be.</param>
/// <param name="MaxBias">Most that <see cref="FidelityDimension.MeanError"/> may be on either side of 0.</param>
public sealed record FidelityLimits(double? MaxRmse = null, double? MaxError = null, double? MaxP99Error = null, double? MaxBias = null);
