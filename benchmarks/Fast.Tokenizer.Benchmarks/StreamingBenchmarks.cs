using BenchmarkDotNet.Attributes;
using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>Token after token of chunks [50,14]: what one push costs on average, and what a read costs halfway and at the end.</summary>
/// <remarks>The chunks are held-out recordings; resetting the decoder between them counts as part of the pushes.</remarks>
[MemoryDiagnoser]
public class StreamingBenchmarks
{
    private const int Chunks = 64;
    private const int Pushes = 4096;
    private static readonly ActionShape _shape = new(50, 14);

    private readonly int[][] _tokens = new int[Chunks][];
    private readonly float[] _actions = new float[_shape.Count];
    private StreamingActionDecoder _decoder = null!;
    private StreamingActionDecoder _withPrior = null!;
    private StreamingActionDecoder _halfway = null!;
    private StreamingActionDecoder _complete = null!;
    private (int Chunk, int Token) _next;

    [GlobalSetup]
    public void Setup()
    {
        IReadOnlyList<Episode> episodes = Recordings.Aloha();
        var trainer = new ActionTokenizerTrainer(new TrainingOptions { Horizon = _shape.Horizon, HoldoutFraction = 0.2 });
        FastActionTokenizer tokenizer = trainer.TrainAsync(new EpisodeList(episodes)).GetAwaiter().GetResult().Tokenizer;
        Episode[] heldOut = [.. episodes.Skip(tokenizer.Definition.Training!.Episodes)];
        var random = new Random(1);
        ReadOnlySpan<double> Chunk(int i)
        {
            Episode episode = heldOut[i % heldOut.Length];
            return ChunkWindows.Slice(episode, random.Next(episode.Steps - _shape.Horizon + 1), _shape.Horizon);
        }

        for (int i = 0; i < Chunks; i++) _tokens[i] = tokenizer.Encode(Chunk(i), _shape);
        _decoder = new StreamingActionDecoder(tokenizer, _shape);
        _withPrior = new StreamingActionDecoder(tokenizer, _shape, Chunk(0));
        _halfway = new StreamingActionDecoder(tokenizer, _shape);
        _complete = new StreamingActionDecoder(tokenizer, _shape);
        foreach (int token in _tokens[0].AsSpan(0, _tokens[0].Length / 2)) _halfway.Push(token);
        foreach (int token in _tokens[0]) _complete.Push(token);
    }

    [Benchmark(OperationsPerInvoke = Pushes)]
    public int Push() => Run(_decoder);

    [Benchmark(OperationsPerInvoke = Pushes)]
    public int PushWithPrior() => Run(_withPrior);

    [Benchmark]
    public void ReadHalfway() => _halfway.Read(_actions);

    [Benchmark]
    public void ReadComplete() => _complete.Read(_actions);

    private int Run(StreamingActionDecoder decoder)
    {
        int coefficients = 0;
        for (int i = 0; i < Pushes; i++)
        {
            if (_next.Token == _tokens[_next.Chunk].Length)
            {
                _next = ((_next.Chunk + 1) % Chunks, 0);
                decoder.Reset();
            }

            coefficients += decoder.Push(_tokens[_next.Chunk][_next.Token++]).Coefficients;
        }

        return coefficients;
    }
}
