namespace Fast.Tokenizer.RateDistortion;

/// <summary>See <see cref="EncodeMode.Shortest"/>.</summary>
internal sealed record ShortestMode : EncodeMode
{
    public override string ToString() => "Shortest";
}
