using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>The vocabulary alone: 22,550 windows [50,14], 15.8 million coefficients, to 1024 tokens.</summary>
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 1, iterationCount: 3)]
public class VocabularyTrainingBenchmarks
{
    private readonly SequenceCorpus _corpus = new();

    [GlobalSetup]
    public void Setup()
    {
        var set = new ChunkSet(50, 14);
        var values = new double[set.Shape.Count];
        var transformed = new double[set.Shape.Count];
        var coefficients = new int[set.Shape.Count];
        var quantizer = new Quantization.CoefficientQuantizer(set.Tokenizer.Definition.Scale);
        foreach (Episode episode in Recordings.Aloha())
        {
            for (int start = 0; start + set.Shape.Horizon <= episode.Steps; start++)
            {
                set.Tokenizer.Normalize(ChunkWindows.Slice(episode, start, set.Shape.Horizon), set.Shape, default, values, []);
                set.Tokenizer.Transform(values, set.Shape, transformed);
                quantizer.Quantize(transformed, set.Shape, coefficients);
                _corpus.Add(coefficients);
            }
        }
    }

    [Benchmark]
    public int Train() =>
        BpeTrainer.Train(_corpus, _corpus.MinValue, _corpus.MaxValue - _corpus.MinValue + 1, new BpeTrainerOptions { VocabularySize = 1024 }).Count;
}
