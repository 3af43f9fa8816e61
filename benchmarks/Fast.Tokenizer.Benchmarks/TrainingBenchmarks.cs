using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>From recorded episodes to a saved tokenizer: all 22,550 windows [50,14] of 50 episodes, scale 10, 1024 tokens.</summary>
[MemoryDiagnoser]
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 1, iterationCount: 5)]
public class TrainingBenchmarks
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private EpisodeList _episodes = null!;

    [GlobalSetup]
    public void Setup() => _episodes = new EpisodeList(Recordings.Aloha());

    [GlobalCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [Benchmark]
    public async Task<long> Train()
    {
        TrainingResult result = await new ActionTokenizerTrainer(new TrainingOptions { Horizon = 50 }).TrainAsync(_episodes);
        result.Tokenizer.Save(_folder);
        return result.Tokenizer.Definition.Training!.Windows;
    }
}
