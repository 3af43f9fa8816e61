namespace Fast.Tokenizer.Normalization;

public sealed class ActionNormalizer
{
    public ActionNormalizer(ActionStatistics statistics, NormalizationOptions options) => throw new NotImplementedException();
    public ActionStatistics Statistics => throw new NotImplementedException();
    public NormalizationOptions Options => throw new NotImplementedException();
    public ReadOnlySpan<double> Center => throw new NotImplementedException();
    public ReadOnlySpan<double> HalfRange => throw new NotImplementedException();
    public int Dimensions => throw new NotImplementedException();
    public int Normalize(ReadOnlySpan<float> actions, Span<double> normalized) => throw new NotImplementedException();
    public int Normalize(ReadOnlySpan<double> actions, Span<double> normalized) => throw new NotImplementedException();
    public void Denormalize(ReadOnlySpan<double> normalized, Span<float> actions) => throw new NotImplementedException();
    public void Denormalize(ReadOnlySpan<double> normalized, Span<double> actions) => throw new NotImplementedException();
}
