using BenchmarkDotNet.Attributes;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>A batch [256,50,14] on one core and on all.</summary>
public class BatchBenchmarks
{
    private readonly ActionShape _shape = new(50, 14);
    private FastActionTokenizer _tokenizer = null!;
    private float[] _batch = [];

    [GlobalSetup]
    public void Setup()
    {
        var set = new ChunkSet(_shape.Horizon, _shape.Dimensions);
        _tokenizer = set.Tokenizer;
        _batch = [.. set.Actions.SelectMany(chunk => chunk)];
    }

    [Benchmark(Baseline = true)]
    public int[][] OneCore() => _tokenizer.EncodeBatch(_batch, _shape, new ParallelOptions { MaxDegreeOfParallelism = 1 });

    [Benchmark]
    public int[][] AllCores() => _tokenizer.EncodeBatch(_batch, _shape);
}
