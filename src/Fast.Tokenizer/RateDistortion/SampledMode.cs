using System.Globalization;

namespace Fast.Tokenizer.RateDistortion;

/// <summary>See <see cref="EncodeMode.Sampled"/>.</summary>
internal sealed record SampledMode(ulong Seed, double Temperature) : EncodeMode
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Sampled({Seed}, {Temperature})");
}
