using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>One chunk [50,14] of float32, a second of two arms, beside the same tokenizer composed from existing packages.</summary>
/// <remarks>Each call takes the next of the held-out chunks, so that nothing is remembered from one call to the next.</remarks>
[MemoryDiagnoser]
[CategoriesColumn]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public class TokenizerBenchmarks
{
    private const int Chunks = 256;
    private static readonly ActionShape _shape = new(50, 14);

    private readonly float[][,] _chunks = new float[Chunks][,];
    private readonly int[][] _tokens = new int[Chunks][];
    private readonly int[] _buffer = new int[_shape.Count];
    private readonly float[] _decoded = new float[_shape.Count];
    private FastActionTokenizer _tokenizer = null!;
    private ComposedTokenizer _composed = null!;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        IReadOnlyList<Episode> episodes = Recordings.Aloha();
        var trainer = new ActionTokenizerTrainer(new TrainingOptions { Horizon = _shape.Horizon, HoldoutFraction = 0.2 });
        _tokenizer = trainer.TrainAsync(new EpisodeList(episodes)).GetAwaiter().GetResult().Tokenizer;
        _composed = Compose(_tokenizer);

        Episode[] heldOut = [.. episodes.Skip(_tokenizer.Definition.Training!.Episodes)];
        var random = new Random(1);
        for (int i = 0; i < Chunks; i++)
        {
            Episode episode = heldOut[i % heldOut.Length];
            ReadOnlySpan<double> values =
                ChunkWindows.Slice(episode, random.Next(episode.Steps - _shape.Horizon + 1), _shape.Horizon);
            _chunks[i] = new float[_shape.Horizon, _shape.Dimensions];
            Span<float> chunk = Flat(_chunks[i]);
            for (int k = 0; k < values.Length; k++) chunk[k] = (float)values[k];
            _tokens[i] = _tokenizer.Encode(_chunks[i]);
            if (!_composed.Encode(_chunks[i]).SequenceEqual(_tokens[i]))
                throw new InvalidOperationException($"the two tokenizers differ on chunk {i} of {episode.Name}: the comparison is void");
        }
    }

    [BenchmarkCategory("Encode"), Benchmark(Baseline = true)]
    public IReadOnlyList<int> EncodeComposed() => _composed.Encode(_chunks[Next()]);

    [BenchmarkCategory("Encode"), Benchmark]
    public int Encode() => _tokenizer.Encode(Flat(_chunks[Next()]), _shape, _buffer).Count;

    [BenchmarkCategory("Decode"), Benchmark(Baseline = true)]
    public float[,] DecodeComposed() => _composed.Decode(_tokens[Next()], _shape.Horizon, _shape.Dimensions);

    [BenchmarkCategory("Decode"), Benchmark]
    public DecodeResult Decode() => _tokenizer.TryDecode(_tokens[Next()], _shape, _decoded);

    private int Next() => _next = (_next + 1) % Chunks;

    private static Span<float> Flat(float[,] chunk) => MemoryMarshal.CreateSpan(ref chunk[0, 0], chunk.Length);

    private static ComposedTokenizer Compose(FastActionTokenizer tokenizer)
    {
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            tokenizer.Save(folder);
            var normalizer = tokenizer.Definition.Normalizer!;
            return new ComposedTokenizer(folder, _shape.Horizon, normalizer.Center.ToArray(), normalizer.HalfRange.ToArray());
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }
}
