using BenchmarkDotNet.Attributes;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>
/// Time per symbol: chunks of 700 beside a million times one symbol and a million random ones, whole and in pieces of 700.
/// </summary>
public class LongInputBenchmarks
{
    private const int Million = 1_000_000;

    private readonly int[] _equal = new int[Million];
    private readonly int[] _random = new int[Million];
    private readonly int[] _buffer = new int[Million];
    private int[][] _chunks = [];
    private BpeVocabulary _vocabulary = null!;

    [GlobalSetup]
    public void Setup()
    {
        var set = new ChunkSet(50, 14);
        FastTokenizerDefinition definition = set.Tokenizer.Definition;
        _vocabulary = definition.Vocabulary;
        int zero = -definition.Alphabet.MinCoefficient;
        Array.Fill(_equal, zero);

        // Half of them near zero, where merges are: symbols at random alone would hardly merge.
        var random = new Random(1);
        for (int i = 0; i < Million; i++)
            _random[i] = random.Next(2) == 0 ? random.Next(_vocabulary.SymbolCount) : Math.Clamp(zero + random.Next(-2, 3), 0, _vocabulary.SymbolCount - 1);

        _chunks = [.. set.Actions.Select(chunk => set.Tokenizer.Encode(chunk, set.Shape)
            .SelectMany(token => _vocabulary.GetSymbols(token).ToArray()).ToArray())];
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = 700 * ChunkSet.Count)]
    public int Chunks()
    {
        int count = 0;
        foreach (int[] chunk in _chunks) count += _vocabulary.Encode(chunk, _buffer);
        return count;
    }

    [Benchmark(OperationsPerInvoke = 700 * ChunkSet.Count)]
    public int RandomSymbolsBy700()
    {
        int count = 0;
        for (int i = 0; i < ChunkSet.Count; i++) count += _vocabulary.Encode(_random.AsSpan(i * 700, 700), _buffer);
        return count;
    }

    [Benchmark(OperationsPerInvoke = Million)]
    public int OneSymbol() => _vocabulary.Encode(_equal, _buffer);

    [Benchmark(OperationsPerInvoke = Million)]
    public int RandomSymbols() => _vocabulary.Encode(_random, _buffer);
}
