using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using Perfolizer.Horology;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>One launch and short iterations: the whole suite in a few minutes. Medians and ratios are what counts.</summary>
internal sealed class QuickConfig : ManualConfig
{
    /// <summary>Makes the configuration.</summary>
    /// <param name="withJob">False for classes that bring a job of their own.</param>
    public QuickConfig(bool withJob)
    {
        if (withJob)
            AddJob(Job.Default.WithLaunchCount(1).WithWarmupCount(4).WithIterationCount(9).WithIterationTime(TimeInterval.FromMilliseconds(100)));
        AddColumnProvider(DefaultColumnProviders.Instance);
        AddColumn(StatisticColumn.Median);
        AddDiagnoser(MemoryDiagnoser.Default);
        AddLogger(ConsoleLogger.Default);
        WithOptions(ConfigOptions.DisableLogFile);
    }
}
