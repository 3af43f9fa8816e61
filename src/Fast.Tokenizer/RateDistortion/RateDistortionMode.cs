using System.Globalization;

namespace Fast.Tokenizer.RateDistortion;

/// <summary>See <see cref="EncodeMode.RateDistortion"/>.</summary>
internal sealed record RateDistortionMode(double Lambda) : EncodeMode
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"RateDistortion({Lambda})");
}
