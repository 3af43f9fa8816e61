using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>The stages of a chunk [50,14] one by one, each beside the loop that one would write first.</summary>
[CategoriesColumn]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public class StageBenchmarks
{
    private readonly ActionShape _shape = new(50, 14);
    private float[][] _chunks = [];
    private double[][] _scaled = [];
    private int[][] _coefficients = [];
    private int[][] _tokens = [];
    private double[] _values = [];
    private int[] _integers = [];
    private int[] _buffer = [];
    private double[] _center = [];
    private double[] _halfRange = [];
    private ActionNormalizer _normalizer = null!;
    private CoefficientQuantizer _quantizer = null!;
    private TokenCodec _integer = null!;
    private TokenCodec _published = null!;
    private NaiveTokenizer _naiveInteger = null!;
    private NaiveTokenizer _naivePublished = null!;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        var set = new ChunkSet(_shape.Horizon, _shape.Dimensions);
        FastActionTokenizer published = set.Published() ?? throw new InvalidOperationException("FAST+ is absent: set FAST_TOKENIZER_TESTDATA");
        FastTokenizerDefinition definition = set.Tokenizer.Definition;
        (_chunks, _normalizer) = (set.Actions, definition.Normalizer!);
        (_center, _halfRange) = (_normalizer.Center.ToArray(), _normalizer.HalfRange.ToArray());
        _quantizer = new CoefficientQuantizer(definition.Scale);
        _integer = definition.Alphabet.CreateCodec(definition.Vocabulary);
        _published = published.Definition.Alphabet.CreateCodec(published.Definition.Vocabulary);
        _naiveInteger = new NaiveTokenizer(set.Tokenizer, _shape);
        _naivePublished = new NaiveTokenizer(published, _shape);
        _values = new double[_shape.Count];
        _integers = new int[_shape.Count];
        _buffer = new int[published.MaxTokenCount(_shape)];
        _scaled = [.. _chunks.Select(Transformed)];
        _coefficients = [.. _scaled.Select(Quantized)];
        _tokens = [.. _coefficients.Select(c => _buffer[.._integer.Encode(c, _buffer).Count])];

        double[] Transformed(float[] chunk)
        {
            var values = new double[chunk.Length];
            set.Tokenizer.Normalize<float>(chunk, _shape, default, _values, []);
            set.Tokenizer.Transform(_values, _shape, values);
            return values;
        }

        int[] Quantized(double[] values)
        {
            var quantized = new int[values.Length];
            _quantizer.Quantize(values, _shape, quantized);
            return quantized;
        }
    }

    [BenchmarkCategory("Normalize"), Benchmark(Baseline = true)]
    public double NormalizeLoop()
    {
        float[] chunk = _chunks[Next()];
        for (int i = 0; i < chunk.Length; i++) _values[i] = (chunk[i] - _center[i % 14]) / _halfRange[i % 14];
        return _values[0];
    }

    [BenchmarkCategory("Normalize"), Benchmark]
    public int Normalize() => _normalizer.Normalize(_chunks[Next()], _values);

    [BenchmarkCategory("Quantize"), Benchmark(Baseline = true)]
    public int QuantizeLoop()
    {
        double[] values = _scaled[Next()];
        for (int i = 0; i < values.Length; i++) _integers[i] = (int)Math.Round(values[i] * 10);
        return _integers[0];
    }

    [BenchmarkCategory("Quantize"), Benchmark]
    public void Quantize() => _quantizer.Quantize(_scaled[Next()], _shape, _integers);

    [BenchmarkCategory("BPE, integer"), Benchmark(Baseline = true)]
    public int[] MergeLoop() => _naiveInteger.EncodeCoefficients(_coefficients[Next()]);

    [BenchmarkCategory("BPE, integer"), Benchmark]
    public int EncodeInteger() => _integer.Encode(_coefficients[Next()], _buffer).Count;

    [BenchmarkCategory("BPE, FAST+"), Benchmark(Baseline = true)]
    public int[] MergeLoopOfBytes() => _naivePublished.EncodeCoefficients(_coefficients[Next()]);

    [BenchmarkCategory("BPE, FAST+"), Benchmark]
    public int EncodePublished() => _published.Encode(_coefficients[Next()], _buffer).Count;

    [BenchmarkCategory("Ids to coefficients"), Benchmark]
    public DecodeResult DecodeInteger() => _integer.Decode(_tokens[Next()], _integers);

    private int Next() => _next = (_next + 1) % ChunkSet.Count;
}
