namespace Fast.Tokenizer.Quantization;

public sealed class CoefficientQuantizer
{
    public CoefficientQuantizer(double scale, CoefficientOrder order = CoefficientOrder.FrequencyMajor) => throw new NotImplementedException();
    public double Scale => throw new NotImplementedException();
    public CoefficientOrder Order => throw new NotImplementedException();
    public void Quantize(ReadOnlySpan<double> coefficients, ActionShape shape, Span<int> quantized) => throw new NotImplementedException();
    public void Dequantize(ReadOnlySpan<int> quantized, ActionShape shape, Span<double> coefficients) => throw new NotImplementedException();
}
