using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>One chunk [50,14] of float32 to ids in each encoding mode, beside the canonical one in the same run.</summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByParams)]
public class EncodeModeBenchmarks
{
    // Half ranges; a bound that both tokenizers can hold for all chunks.
    private const double Bound = 0.12;

    private static readonly EncodeOptions _canonical = Options(EncodeMode.Canonical);
    private static readonly EncodeOptions _shortest = Options(EncodeMode.Shortest);
    private static readonly EncodeOptions _lambda03 = Options(EncodeMode.RateDistortion(0.3));
    private static readonly EncodeOptions _lambda07 = Options(EncodeMode.RateDistortion(0.7));
    private static readonly EncodeOptions _lambda1 = Options(EncodeMode.RateDistortion(1));
    private static readonly EncodeOptions _lambda2 = Options(EncodeMode.RateDistortion(2));

    private float[][] _chunks = [];
    private int[] _buffer = [];
    private ActionShape _shape;
    private EncodeOptions _bounded = _canonical;
    private FastActionTokenizer _tokenizer = null!;
    private int _next;

    [Params("integer", "FAST+")]
    public string Alphabet { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var set = new ChunkSet(50, 14);
        _tokenizer = Alphabet == "integer" ? set.Tokenizer
            : set.Published() ?? throw new InvalidOperationException("FAST+ is absent: set FAST_TOKENIZER_TESTDATA");
        (_chunks, _shape) = (set.Actions, set.Shape);
        _buffer = new int[_tokenizer.MaxTokenCount(_shape)];

        double[] bounds = [.. _tokenizer.Definition.Normalizer!.HalfRange.ToArray().Select(half => Bound * half)];
        _bounded = Options(EncodeMode.MaxError(bounds));
    }

    [Benchmark(Baseline = true)]
    public int Canonical() => Encode(_canonical);

    [Benchmark]
    public int Shortest() => Encode(_shortest);

    [Benchmark]
    public int RateDistortion03() => Encode(_lambda03);

    [Benchmark]
    public int RateDistortion07() => Encode(_lambda07);

    [Benchmark]
    public int RateDistortion1() => Encode(_lambda1);

    [Benchmark]
    public int RateDistortion2() => Encode(_lambda2);

    [Benchmark]
    public int MaxError() => Encode(_bounded);

    private int Encode(EncodeOptions options) =>
        _tokenizer.Encode(_chunks[_next = (_next + 1) % ChunkSet.Count], _shape, _buffer, options).Count;

    private static EncodeOptions Options(EncodeMode mode) => new() { Mode = mode, OutOfRange = OutOfRangePolicy.Clamp };
}
