using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using BenchmarkDotNet.Environments;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>Runs the whole suite, writes the results of this machine into <c>benchmarks/results</c>, and the headline into the README.</summary>
internal static partial class Report
{
    private static readonly Type[] _quick =
    [
        typeof(TokenizerBenchmarks),
        typeof(ShapeBenchmarks),
        typeof(StageBenchmarks),
        typeof(TransformBenchmarks),
        typeof(BatchBenchmarks),
        typeof(LongInputBenchmarks),
    ];

    private static readonly Type[] _own = [typeof(VocabularyTrainingBenchmarks), typeof(TrainingBenchmarks)];

    /// <summary>Runs, prints and writes.</summary>
    /// <param name="root">The checkout.</param>
    /// <returns>The exit code: 0, or 1 where a benchmark gave no result.</returns>
    public static async Task<int> WriteAsync(string root)
    {
        Summary[] summaries =
        [
            .. _quick.Select(type => BenchmarkRunner.Run(type, new QuickConfig(withJob: true))),
            .. _own.Select(type => BenchmarkRunner.Run(type, new QuickConfig(withJob: false))),
        ];
        Row[] rows = [.. summaries.SelectMany(Rows)];
        if (rows.Any(row => double.IsNaN(row.Median)))
        {
            await Console.Error.WriteLineAsync("a benchmark gave no result; nothing was written");
            return 1;
        }

        string processor = HostEnvironmentInfo.GetCurrent().Cpu.Value.ProcessorName?.Trim() ?? "unknown processor";
        string headline = Headline(rows);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# {processor}, {Environment.ProcessorCount} cores, .NET {Environment.Version}");
        text.AppendLine();
        text.AppendLine("Written by `dotnet run -c Release --project benchmarks/Fast.Tokenizer.Benchmarks -- report`. Medians; ratios are within one run.");
        text.AppendLine().AppendLine("<!-- begin: speed -->").AppendLine(headline).AppendLine("<!-- end: speed -->");
        foreach (IGrouping<string, Row> table in rows.GroupBy(row => row.Class))
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {table.Key}").AppendLine();
            text.AppendLine("| | case | median | of the baseline | allocated |").AppendLine("|---|---|---|---|---|");
            foreach (Row row in table)
                text.AppendLine(CultureInfo.InvariantCulture, $"| {row.Method} | {row.Case} | {Time(row.Median)} | {Ratio(row)} | {Bytes(row.Allocated)} |");
        }

        text.AppendLine().AppendLine("## Scaling").AppendLine();
        text.Append(await Scaling.TablesAsync());
        string folder = Path.Combine(root, "benchmarks", "results");
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, FileName().Replace(processor.ToLowerInvariant(), "-").Trim('-') + ".md");
        await File.WriteAllTextAsync(file, text.ToString());

        string readme = Path.Combine(root, "README.md");
        string replaced = Speed().Replace(await File.ReadAllTextAsync(readme), $"<!-- begin: speed -->\n{headline}\n<!-- end: speed -->");
        await File.WriteAllTextAsync(readme, replaced);
        Console.WriteLine(text);
        return 0;
    }

    private static string Headline(Row[] rows)
    {
        string Line(string what, string method, string baseline)
        {
            Row ours = rows.Single(row => row.Class == nameof(TokenizerBenchmarks) && row.Method == method);
            Row theirs = rows.Single(row => row.Class == nameof(TokenizerBenchmarks) && row.Method == baseline);
            return string.Create(CultureInfo.InvariantCulture,
                $"| {what} | {Time(ours.Median)} | {Time(theirs.Median)} | {theirs.Median / ours.Median:F0} x | {Bytes(ours.Allocated)} against {Bytes(theirs.Allocated)} |");
        }

        return string.Join('\n',
            "| | this library | composition | | allocated |",
            "|---|---|---|---|---|",
            Line("encode", nameof(TokenizerBenchmarks.Encode), nameof(TokenizerBenchmarks.EncodeComposed)),
            Line("decode", nameof(TokenizerBenchmarks.Decode), nameof(TokenizerBenchmarks.DecodeComposed)));
    }

    private static IEnumerable<Row> Rows(Summary summary)
    {
        foreach (BenchmarkCase benchmark in summary.BenchmarksCases)
        {
            BenchmarkReport? report = summary[benchmark];
            BenchmarkCase? baseline = summary.BenchmarksCases.FirstOrDefault(other =>
                other.Descriptor.Baseline && summary.GetLogicalGroupKey(other) == summary.GetLogicalGroupKey(benchmark));
            yield return new Row(
                benchmark.Descriptor.Type.Name,
                benchmark.Descriptor.WorkloadMethod.Name,
                string.Join(", ", benchmark.Parameters.Items.Select(item => item.Value?.ToString()).Concat(benchmark.Descriptor.Categories)),
                report?.ResultStatistics?.Median ?? double.NaN,
                baseline is null ? null : summary[baseline]?.ResultStatistics?.Median,
                report?.GcStats.GetBytesAllocatedPerOperation(benchmark) ?? 0);
        }
    }

    private static string Time(double nanoseconds) => nanoseconds switch
    {
        < 1e3 => Number(nanoseconds, "0.##") + " ns",
        < 1e4 => Number(nanoseconds / 1e3, "0.00") + " us",
        < 1e6 => Number(nanoseconds / 1e3, "0.0") + " us",
        < 1e9 => Number(nanoseconds / 1e6, "0.0") + " ms",
        _ => Number(nanoseconds / 1e9, "0.00") + " s",
    };

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Ratio(Row row) => row.Baseline is not { } baseline ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{row.Median / baseline:0.####}");

    private static string Bytes(long bytes) => bytes < 2048 ? $"{bytes} B" : bytes < 10_000_000 ? $"{bytes >> 10} KB" : $"{bytes >> 20} MB";

    [GeneratedRegex("<!-- begin: speed -->.*?<!-- end: speed -->", RegexOptions.Singleline)]
    private static partial Regex Speed();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex FileName();

    private sealed record Row(string Class, string Method, string Case, double Median, double? Baseline, long Allocated);
}
