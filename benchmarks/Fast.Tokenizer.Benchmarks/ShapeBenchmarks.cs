using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>One chunk of float32, from actions to ids and back, by shape and alphabet, beside FAST by its definition.</summary>
[CategoriesColumn]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory, BenchmarkLogicalGroupRule.ByParams)]
public class ShapeBenchmarks
{
    private float[][] _chunks = [];
    private int[][] _tokens = [];
    private int[] _buffer = [];
    private float[] _decoded = [];
    private ActionShape _shape;
    private FastActionTokenizer _tokenizer = null!;
    private NaiveTokenizer _naive = null!;
    private int _next;

    [Params("5x7", "20x7", "50x7", "50x14")]
    public string Shape { get; set; } = "";

    [Params("integer", "FAST+")]
    public string Alphabet { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        int[] sizes = [.. Shape.Split('x').Select(int.Parse)];
        var set = new ChunkSet(sizes[0], sizes[1]);
        _tokenizer = Alphabet == "integer" ? set.Tokenizer
            : set.Published() ?? throw new InvalidOperationException("FAST+ is absent: set FAST_TOKENIZER_TESTDATA");
        (_chunks, _shape) = (set.Actions, set.Shape);
        _naive = new NaiveTokenizer(_tokenizer, _shape);
        _buffer = new int[_tokenizer.MaxTokenCount(_shape)];
        _decoded = new float[_shape.Count];
        _tokens = [.. _chunks.Select(chunk => _tokenizer.Encode(chunk, _shape))];
        int different = Enumerable.Range(0, _chunks.Length).Count(i => !_naive.Encode(_chunks[i]).SequenceEqual(_tokens[i]));

        // The naive product rounds otherwise; a tie may fall to the other side.
        if (different > _chunks.Length / 50) throw new InvalidOperationException($"{different} chunks differ: the comparison is void");
    }

    [BenchmarkCategory("Encode"), Benchmark(Baseline = true)]
    public int[] EncodeNaive() => _naive.Encode(_chunks[Next()]);

    [BenchmarkCategory("Encode"), Benchmark]
    public int Encode() => _tokenizer.Encode(_chunks[Next()], _shape, _buffer).Count;

    [BenchmarkCategory("Decode"), Benchmark(Baseline = true)]
    public float[] DecodeNaive() => _naive.Decode(_tokens[Next()]);

    [BenchmarkCategory("Decode"), Benchmark]
    public DecodeResult Decode() => _tokenizer.TryDecode(_tokens[Next()], _shape, _decoded);

    private int Next() => _next = (_next + 1) % ChunkSet.Count;
}
