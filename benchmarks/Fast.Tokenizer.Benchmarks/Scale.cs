using System.Globalization;
using Fast.Tokenizer.Training;
using Fast.Tokenizer.Training.Parts;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>What each stage of a training on many machines costs as the corpus grows, up to a hundred million simulated chunks.</summary>
internal static class Scale
{
    private const int Million = 1_000_000, FanIn = 10, Vocabulary = 1024;

    /// <summary>Runs the stages, and prints a table of each.</summary>
    /// <param name="arguments">
    /// <c>--chunks N</c> of the largest corpus; <c>--part N</c> of each part; <c>--windows N</c> that are counted for real;
    /// <c>--memory BYTES</c> of the training; <c>--whole N</c>, the largest corpus that is trained on to the end; <c>--passes N</c>, those done
    /// on larger ones; <c>--work DIR</c> for the files, 250 bytes a chunk at most.
    /// </param>
    /// <returns>The exit code: 0, or 2 for wrong usage.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        VerbOptions? options = VerbOptions.TryParse(
            arguments, ("--chunks", 10 * Million), ("--part", Million), ("--windows", 200_000), ("--memory", 4e9), ("--whole", Million),
            ("--passes", 4));
        if (options is null)
        {
            await Console.Error.WriteLineAsync(
                "usage: scale [--chunks N] [--part N] [--windows N] [--memory BYTES] [--whole N] [--passes N] [--work DIR]");
            return 2;
        }

        using var work = new WorkFolder(options.Work);
        await PrintCountsAsync((int)options["--windows"], work);
        PrintGrowth(options, work);
        return 0;
    }

    // What a shard costs does not depend on how many there are: counted for real, of generated motion, and of a recording where there is
    // one.
    private static async Task PrintCountsAsync(int windows, WorkFolder work)
    {
        const int Horizon = SimulatedChunks.Horizon, PerEpisode = 400;
        Print($"");
        Print($"| chunks [50,7] | windows | distinct | values before the zeros | not zero | statistics, bytes a chunk | estimated | coefficients, bytes a chunk |");
        Print($"|---|---|---|---|---|---|---|---|");
        var generated = new GeneratedEpisodes(
            Math.Max(1, windows / PerEpisode), PerEpisode + Horizon - 1, SimulatedChunks.Dimensions, seed: 1);
        (Cost statistics, Cost estimated, Cost coefficients, long counted) = Count("generated", generated, null, work);
        if (await Recordings.TryReadAsync("aloha_sim_insertion_human") is { } recorded)
            Count("recorded, aloha, 7 of 14", new EpisodeList(recorded, "aloha"), [.. Enumerable.Range(0, 7)], work);
        string path = work.File("simulated.part");
        SimulatedPart.Write(path, 0, 1, windows);
        Print($"| simulated | {Describe(CorpusPart.Open(path))} |");
        Print($"");
        Print($"| counting a shard of generated motion, one process | s per million chunks | processor s | peak memory, MB | load |");
        Print($"|---|---|---|---|---|");
        foreach ((string what, Cost cost) in ((string, Cost)[])
            [("statistics, exact", statistics), ("statistics, estimated", estimated), ("coefficients", coefficients)])
        {
            Print($"| {what} | {cost.Seconds * Million / counted:F1} | {cost.ProcessorSeconds * Million / counted:F1} | {cost.PeakWorkingSet / 1e6:F0} | {cost.Load:F1} |");
        }
    }

    private static (Cost Statistics, Cost Estimated, Cost Coefficients, long Windows) Count(
        string name, IEpisodeSource source, IReadOnlyList<int>? dimensions, WorkFolder work)
    {
        var training = new TrainingOptions { Horizon = SimulatedChunks.Horizon, EncodedDimensions = dimensions };
        (string exact, string estimate, string coefficients) = (work.File("exact.part"), work.File("estimate.part"), work.File("counts.part"));
        Cost first = Cost.Of(() => CorpusPart.CountStatisticsAsync(source, training, exact).GetAwaiter().GetResult());
        Cost other = Cost.Of(() => CorpusPart
            .CountStatisticsAsync(source, training with { EstimateStatistics = true }, estimate).GetAwaiter().GetResult());
        Cost second = Cost.Of(() => CorpusPart
            .CountCoefficientsAsync(source, CorpusPart.Open(exact), new CoefficientCountOptions(), coefficients).GetAwaiter().GetResult());
        CorpusPart part = CorpusPart.Open(coefficients);
        Print($"| {name} | {Describe(part, CorpusPart.Open(exact), CorpusPart.Open(estimate))} |");
        return (first, other, second, part.Windows);
    }

    private static string Describe(CorpusPart part, CorpusPart? exact = null, CorpusPart? estimate = null)
    {
        (long head, long values) = (0, 0);
        using (ICountedSequenceReader sequences = part.Sequences.Read())
        {
            while (sequences.Next())
            {
                head += sequences.Head.Length;
                values += sequences.Head.Length - System.MemoryExtensions.Count(sequences.Head, (short)0);
            }
        }

        double distinct = part.DistinctWindows!.Value;
        string Bytes(CorpusPart? other) =>
            other is null ? "" : (other.Length / (double)part.Windows).ToString("F2", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture,
            $"{part.Windows} | {distinct / part.Windows:P1} | {head / distinct:F1} | {values / distinct:F1} | {Bytes(exact)} | {Bytes(estimate)} | {part.Length / distinct:F1}");
    }

    // Parts are merged in tens, tens in hundreds; each corpus is ten times the last.
    private static void PrintGrowth(VerbOptions options, WorkFolder work)
    {
        (long chunks, int each, int passes) = ((long)options["--chunks"], (int)options["--part"], (int)options["--passes"]);
        int shards = (int)((chunks + each - 1) / each);
        string[] level = [.. Enumerable.Range(0, shards).Select(shard => work.File($"{shard:00000}.part"))];
        Cost written = Cost.Of(() => Parallel.For(0, shards, new() { MaxDegreeOfParallelism = 2 },
            shard => SimulatedPart.Write(level[shard], shard, shards, each)));
        Print($"");
        Print($"{shards} parts of {each} chunks simulated in {written.Seconds:F0} s (load {written.Load:F1})");
        Print($"");
        Print($"| merge | sequences | MB | bytes each | s | processor s | s per million | peak memory, MB | managed, MB | load |");
        Print($"|---|---|---|---|---|---|---|---|---|---|");
        List<CorpusPart> corpora = [CorpusPart.Open(level[0])];
        Print($"| none | {Row(corpora[0])} | | | | | | |");
        string kept = work.File("first.part");
        File.Copy(level[0], kept);
        corpora[0] = CorpusPart.Open(kept);
        for (int depth = 1; level.Length > 1; depth++)
        {
            string[][] groups = [.. level.Chunk(FanIn)];
            level = [.. groups.Select((_, group) => work.File($"merged-{depth}-{group:00000}.part"))];
            for (int i = 0; i < groups.Length; i++)
            {
                CorpusPart? merged = null;
                CorpusPart[] parts = [.. groups[i].Select(CorpusPart.Open)];
                Cost cost = Cost.Of(() => merged = CorpusPart.MergeAsync(parts, level[i]).GetAwaiter().GetResult());
                foreach (CorpusPart part in parts.Where(part => corpora.All(corpus => corpus.Name != part.Name))) File.Delete(part.Name);
                if (i > 0) continue;
                corpora.Add(merged!);
                double perMillion = cost.Seconds * Million / merged!.DistinctWindows!.Value;
                Print($"| {groups[i].Length} of level {depth - 1} | {Row(merged)} | {cost.Seconds:F1} | {cost.ProcessorSeconds:F1} | {perMillion:F2} | {cost.PeakWorkingSet / 1e6:F0} | {cost.PeakHeap / 1e6:F0} | {cost.Load:F1} |");
            }
        }

        foreach (CorpusPart corpus in corpora) PrintTraining(corpus, corpora[0], options, passes, work);
    }

    private static string Row(CorpusPart part) => string.Create(CultureInfo.InvariantCulture,
        $"{part.DistinctWindows} | {part.Length / 1e6:F1} | {part.Length / (double)part.DistinctWindows!.Value:F1}");

    private static void PrintTraining(CorpusPart corpus, CorpusPart smallest, VerbOptions options, int passes, WorkFolder work)
    {
        long count = corpus.DistinctWindows!.Value;
        var memory = new TrainingMemory((long)options["--memory"], work.File(""));
        bool isWhole = count <= options["--whole"];
        Print($"");
        Print($"training on {count} sequences to {Vocabulary} tokens within {memory.Limit / 1e9:F2} GB{(isWhole ? "" : ", the first passes")}");
        TrainingPasses run = RunAndPrint(corpus, memory, isWhole ? int.MaxValue : passes, isWhole ? 6 : passes);
        if (isWhole) return;

        // The same passes are done on a part of the corpus within as large a part of the memory.
        double times = count / (double)smallest.DistinctWindows!.Value;
        var less = memory with { Limit = (long)(memory.Limit / times) };
        Print($"");
        Print($"estimated by {smallest.DistinctWindows} sequences within {less.Limit / 1e6:F1} MB, times {times:F0}:");
        TrainingPasses model = RunAndPrint(smallest, less, int.MaxValue, passes);
        double measured = run.Passes.Sum(pass => pass.Cost.Seconds);
        double modelled = model.Passes.Take(passes).Sum(pass => pass.Cost.Seconds) * times;
        Print($"the first {passes} passes took {measured:F0} s, estimated {modelled:F0} s; all {model.Seconds * times / 3600:F2} h, of processors {model.ProcessorSeconds * times / 3600:F2} h");
    }

    // Of all passes the first are shown, and the number of them.
    private static TrainingPasses RunAndPrint(CorpusPart corpus, TrainingMemory memory, int most, int shown)
    {
        double count = corpus.DistinctWindows!.Value;
        Print($"");
        Print($"| pass | merges before | tokens a chunk | temporary file, bytes a chunk | s | processor s | s per million | peak memory, MB | load |");
        Print($"|---|---|---|---|---|---|---|---|---|");
        TrainingPasses run = TrainingPasses.Run(corpus, memory, Vocabulary, most, (number, pass) =>
        {
            if (number <= shown) PrintPass(number.ToString(CultureInfo.InvariantCulture), pass, count);
        });
        TrainingPasses.Pass last = run.Passes[^1];
        if (run.Passes.Count > shown) PrintPass(string.Create(CultureInfo.InvariantCulture, $"{run.Passes.Count}, the last"), last, count);
        if (run.InMemory is { } rest) PrintPass("in memory", last with { Bytes = 0, Cost = rest }, count);
        Print($"| all | {run.Merges} | | | {run.Seconds:F1} | {run.ProcessorSeconds:F1} | {run.Seconds * Million / count:F2} | | |");
        return run;
    }

    private static void PrintPass(string name, TrainingPasses.Pass pass, double count)
    {
        Cost cost = pass.Cost;
        Print($"| {name} | {pass.Merges} | {pass.Tokens / count:F1} | {pass.Bytes / count:F1} | {cost.Seconds:F1} | {cost.ProcessorSeconds:F1} | {cost.Seconds * Million / count:F2} | {cost.PeakWorkingSet / 1e6:F0} | {cost.Load:F1} |");
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
