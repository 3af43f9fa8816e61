using System.Globalization;
using Fast.Tokenizer.Training.Parts;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>Merges 64 simulated parts of a million different sequences each, and says what it took.</summary>
internal static class MergeParts
{
    private const double MostSeconds = 120, MostBytes = 2e9;

    /// <summary>Writes the parts, merges them, prints what it took, and deletes them.</summary>
    /// <param name="arguments"><c>--parts N</c>, <c>--distinct N</c> of each, <c>--work DIR</c> for the files.</param>
    /// <returns>The exit code: 0; 1 where it takes more than two minutes or 2 GB; 2 for wrong usage.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (VerbOptions.TryParse(arguments, ("--parts", 64), ("--distinct", 1_000_000)) is not { } options)
        {
            await Console.Error.WriteLineAsync("usage: merge-parts [--parts N] [--distinct N] [--work DIR]");
            return 2;
        }

        (int parts, int distinct) = ((int)options["--parts"], (int)options["--distinct"]);
        using var work = new WorkFolder(options.Work);
        string[] paths = [.. Enumerable.Range(0, parts).Select(part => work.File($"{part:00000}.part"))];
        Cost written = Cost.Of(() => Parallel.For(0, parts, new() { MaxDegreeOfParallelism = 2 },
            part => SimulatedPart.Write(paths[part], part, parts, distinct)));
        Print($"simulated     {parts} parts of {distinct} sequences in {written.Seconds:F1} s (load {written.Load:F1})");

        CorpusPart? merged = null;
        Cost cost = Cost.Of(() => merged = CorpusPart.MergeAsync([.. paths.Select(CorpusPart.Open)], work.File("all.part"))
            .GetAwaiter().GetResult());
        long read = paths.Sum(path => new FileInfo(path).Length);
        bool isGood = cost.Seconds <= MostSeconds && cost.PeakWorkingSet <= MostBytes;
        Print($"parts         {read / 1e6:F1} MB, {(double)read / parts / distinct:F1} bytes a sequence");
        Print($"merged        {merged!.Length / 1e6:F1} MB, {merged.DistinctWindows} sequences, {(double)merged.Length / merged.DistinctWindows:F1} bytes each");
        Print($"time          {cost.Seconds:F1} s, {cost.ProcessorSeconds:F1} s of processors (load {cost.Load:F1}); at most {MostSeconds} s");
        Print($"peak memory   {cost.PeakWorkingSet / 1e6:F0} MB working set, {cost.PeakHeap / 1e6:F0} MB managed; at most {MostBytes / 1e6:F0} MB");
        Print($"checksum      {merged.Checksum}");
        return isGood ? 0 : 1;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
