namespace Fast.Tokenizer.RateDistortion;

/// <summary>See <see cref="EncodeMode.Canonical"/>.</summary>
internal sealed record CanonicalMode : EncodeMode
{
    public override string ToString() => "Canonical";
}
