namespace Fast.Tokenizer.Transform;

public sealed class DctPlan
{
    public DctPlan(int length) => throw new NotImplementedException();
    public int Length => throw new NotImplementedException();
    public void Forward(ReadOnlySpan<double> values, int columns, Span<double> coefficients) => throw new NotImplementedException();
    public void Inverse(ReadOnlySpan<double> coefficients, int columns, Span<double> values) => throw new NotImplementedException();
}
