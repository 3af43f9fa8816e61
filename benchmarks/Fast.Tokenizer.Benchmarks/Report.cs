using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using BenchmarkDotNet.Environments;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>
/// Runs the whole suite, writes the results of this machine into <c>benchmarks/results</c>, and the headline into the README.
/// </summary>
internal static partial class Report
{
    private static readonly Type[] _quick =
    [
        typeof(TokenizerBenchmarks),
        typeof(ShapeBenchmarks),
        typeof(EncodeModeBenchmarks),
        typeof(StageBenchmarks),
        typeof(TransformBenchmarks),
        typeof(BatchBenchmarks),
        typeof(LongInputBenchmarks),
    ];

    private static readonly Type[] _own = [typeof(VocabularyTrainingBenchmarks), typeof(TrainingBenchmarks)];

    /// <summary>Runs, prints and writes.</summary>
    /// <param name="root">The checkout.</param>
    /// <param name="names">Classes to run; their tables in the results of this machine are replaced. All where none is named.</param>
    /// <returns>The exit code: 0, or 1 where a benchmark gave no result.</returns>
    public static async Task<int> WriteAsync(string root, string[] names)
    {
        Summary[] summaries =
        [
            .. _quick.Where(Wanted).Select(type => BenchmarkRunner.Run(type, new QuickConfig(withJob: true))),
            .. _own.Where(Wanted).Select(type => BenchmarkRunner.Run(type, new QuickConfig(withJob: false))),
        ];
        Row[] rows = [.. summaries.SelectMany(Rows)];
        if (rows.Any(row => double.IsNaN(row.Median)))
        {
            await Console.Error.WriteLineAsync("a benchmark gave no result; nothing was written");
            return 1;
        }

        string processor = HostEnvironmentInfo.GetCurrent().Cpu.Value.ProcessorName?.Trim() ?? "unknown processor";
        string folder = Path.Combine(root, "benchmarks", "results");
        string file = Path.Combine(folder, FileName().Replace(processor.ToLowerInvariant(), "-").Trim('-') + ".md");
        Directory.CreateDirectory(folder);
        IEnumerable<(string Class, string Table)> tables = rows.GroupBy(row => row.Class).Select(group => (group.Key, Table(group)));
        if (names.Length > 0)
        {
            string text = await File.ReadAllTextAsync(file);
            foreach ((string name, string table) in tables)
                text = Regex.Replace(text, $"## {name}\n.*?(?=\n## )", table.TrimEnd('\n').Replace("$", "$$") + "\n", RegexOptions.Singleline);
            await File.WriteAllTextAsync(file, text);
            Console.WriteLine(text);
            return 0;
        }

        string headline = Headline(rows);
        string whole = $"""
            # {processor}, {Environment.ProcessorCount} cores, .NET {Environment.Version}

            Written by `dotnet run -c Release --project benchmarks/Fast.Tokenizer.Benchmarks -- report`. Medians; ratios are within one run.

            <!-- begin: speed -->
            {headline}
            <!-- end: speed -->

            {string.Join('\n', tables.Select(table => table.Table))}
            ## Scaling

            {await Scaling.TablesAsync()}
            """;
        await File.WriteAllTextAsync(file, whole);

        string readme = Path.Combine(root, "README.md");
        string replaced = Speed().Replace(await File.ReadAllTextAsync(readme), $"<!-- begin: speed -->\n{headline}\n<!-- end: speed -->");
        await File.WriteAllTextAsync(readme, replaced);
        Console.WriteLine(whole);
        return 0;

        bool Wanted(Type type) => names.Length == 0 || names.Contains(type.Name);
    }

    private static string Table(IGrouping<string, Row> rows)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"## {rows.Key}").AppendLine();
        text.AppendLine("| | case | median | of the baseline | allocated |").AppendLine("|---|---|---|---|---|");
        foreach (Row row in rows)
            text.AppendLine(CultureInfo.InvariantCulture, $"| {row.Method} | {row.Case} | {Time(row.Median)} | {Ratio(row)} | {Bytes(row.Allocated)} |");
        return text.ToString();
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
