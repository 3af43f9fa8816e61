using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using Perfolizer.Horology;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>One launch and short iterations, after enough of them for the compiler to have settled: all in ten minutes.</summary>
internal sealed class QuickConfig : ManualConfig
{
    /// <summary>Makes the configuration.</summary>
    /// <param name="withJob">False for classes that bring a job of their own.</param>
    public QuickConfig(bool withJob)
    {
        if (withJob)
        {
            AddJob(Job.Default
                .WithLaunchCount(1).WithWarmupCount(12).WithIterationCount(9).WithIterationTime(TimeInterval.FromMilliseconds(100)));
        }

        AddColumnProvider(DefaultColumnProviders.Instance);
        AddColumn(StatisticColumn.Median);
        AddDiagnoser(MemoryDiagnoser.Default);
        AddLogger(ConsoleLogger.Default);
        WithOptions(ConfigOptions.DisableLogFile);
    }
}
