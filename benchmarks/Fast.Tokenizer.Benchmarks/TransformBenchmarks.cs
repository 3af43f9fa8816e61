using BenchmarkDotNet.Attributes;
using Fast.Tokenizer.Transform;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>The transform of one chunk on one core, beside the plain product with the cosine matrix.</summary>
[MemoryDiagnoser]
public class TransformBenchmarks
{
    private double[] _matrix = [];
    private double[] _values = [];
    private double[] _coefficients = [];
    private double[] _result = [];
    private DctPlan _plan = new(1);
    private int _length;
    private int _columns;

    [Params("5x7", "50x7", "50x14", "100x32", "1024x14")]
    public string Shape { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        int[] sizes = [.. Shape.Split('x').Select(int.Parse)];
        (_length, _columns) = (sizes[0], sizes[1]);
        _plan = new DctPlan(_length);
        _matrix = new double[_length * _length];
        for (int k = 0; k < _length; k++)
            for (int t = 0; t < _length; t++)
                _matrix[k * _length + t] = Math.Sqrt((k == 0 ? 1.0 : 2.0) / _length) * Math.Cos(Math.PI * (2 * t + 1) * k / (2.0 * _length));

        var random = new Random(1);
        _values = [.. Enumerable.Range(0, _length * _columns).Select(_ => random.NextDouble() * 2 - 1)];
        _coefficients = new double[_values.Length];
        _result = new double[_values.Length];
        _plan.Forward(_values, _columns, _coefficients);
    }

    [Benchmark(Baseline = true)]
    public void DenseProduct()
    {
        Array.Clear(_result);
        for (int k = 0; k < _length; k++)
        {
            Span<double> row = _result.AsSpan(k * _columns, _columns);
            for (int t = 0; t < _length; t++)
            {
                double factor = _matrix[k * _length + t];
                ReadOnlySpan<double> step = _values.AsSpan(t * _columns, _columns);
                for (int c = 0; c < row.Length; c++) row[c] += factor * step[c];
            }
        }
    }

    [Benchmark]
    public void Forward() => _plan.Forward(_values, _columns, _result);

    [Benchmark]
    public void Inverse() => _plan.Inverse(_coefficients, _columns, _result);
}
