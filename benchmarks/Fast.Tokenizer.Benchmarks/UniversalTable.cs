using System.Diagnostics;
using System.Globalization;
using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>
/// The table of one vocabulary for eight robots, beside each robot's own, one without the robot, and the published FAST+.
/// </summary>
/// <remarks>
/// One-second chunks at stride 1, scale 10, 2048 tokens. The last fifth of the episodes of each recording is kept back, and measured. All
/// columns encode the same chunks, normalised by the statistics of the recording's own training episodes: only the vocabularies differ.
/// </remarks>
internal static class UniversalTable
{
    private const double Holdout = 0.2;

    private static readonly (string Name, string Recording)[] _sets =
    [
        ("bridge", "bridge"), ("robosuite", "robosuite_panda"), ("franka", "franka_delta_eef"), ("aloha", "aloha_sim_insertion_human"),
        ("g1", "g1_inspire"), ("gr1", "gr1_pickplace"), ("adroit", "adroit_door"), ("pusht", "pusht"),
    ];

    /// <summary>Prints the table in Markdown on standard output, and what it took on standard error.</summary>
    /// <returns>The exit code: 0; 3 where a recording or FAST+ is missing.</returns>
    public static async Task<int> PrintAsync()
    {
        var sources = new List<EmbodimentSource>();
        foreach ((string name, string recording) in _sets)
        {
            if (await Recordings.TryReadAsync(recording) is not { } episodes)
            {
                await Console.Error.WriteLineAsync($"no recording {recording} under {Recordings.Root()}: set FAST_TOKENIZER_TESTDATA");
                return 3;
            }

            double? rate = EpisodeDataset.Open(Path.Combine(Recordings.Root(), "actions", recording + ".npz")).Rate;
            sources.Add(new EmbodimentSource { Name = name, Source = new EpisodeList(episodes, name) { Rate = rate } });
        }

        string folder = Path.Combine(Recordings.Root(), "tokenizers", "fast_plus");
        if (!Directory.Exists(folder))
        {
            await Console.Error.WriteLineAsync($"no tokenizer under {folder}: set FAST_TOKENIZER_TESTDATA");
            return 3;
        }

        FastActionTokenizer published = FastActionTokenizer.Load(folder);
        var options = new UniversalTrainingOptions();
        options = options with { Training = options.Training with { HoldoutFraction = Holdout } };
        var watch = Stopwatch.StartNew();
        UniversalTrainingResult equal = await new UniversalTrainer(options with { Shares = CorpusShares.Equal }).TrainAsync(sources);
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"equal shares: {watch.Elapsed.TotalSeconds:F0} s"));
        UniversalTrainingResult result = await new UniversalTrainer(options with { LeftOut = [.. _sets.Select(set => set.Name)] })
            .TrainAsync(sources);
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"all: {watch.Elapsed.TotalSeconds:F0} s, {Environment.WorkingSet >> 20} MB working set"));

        Console.WriteLine("| data set | T | D | windows, trained on | held out | share of corpus "
            + "| own | universal | equal shares | left out | FAST+ | RMSE own | universal | left out | FAST+ | clipped own | left out |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        for (int i = 0; i < sources.Count; i++)
        {
            FidelityReport plus = await PublishedAsync(published, result.Tokenizer.For(sources[i].Name), sources[i].Source);
            Console.WriteLine(Row(result.Embodiments[i], equal.Embodiments[i], plus));
        }

        return 0;
    }

    private static async Task<FidelityReport> PublishedAsync(FastActionTokenizer published, FastActionTokenizer own, IEpisodeSource source)
    {
        var tokenizer = new FastActionTokenizer(published.Definition with
        {
            Normalizer = own.Definition.Normalizer,
            Metadata = own.Definition.Metadata,
        });
        var shape = new ActionShape(own.Definition.Metadata.Horizon!.Value, own.Definition.Metadata.Dimensions!.Value);
        var evaluator = new FidelityEvaluator(tokenizer, shape, own.Definition.Normalizer, own.Definition.Metadata);
        List<Episode> usable = await source.ReadEpisodesAsync().Where(episode => episode.Steps >= shape.Horizon).ToListAsync();
        foreach (Episode episode in usable[^(int)Math.Ceiling((usable.Count * Holdout) - 1e-9)..])
        {
            for (int start = 0; start + shape.Horizon <= episode.Steps; start++)
                evaluator.Add(ChunkWindows.Slice(episode, start, shape.Horizon), episode.Name, start);
        }

        return evaluator.ToReport();
    }

    private static string Row(EmbodimentResult result, EmbodimentResult equal, FidelityReport plus)
    {
        FidelityReport universal = result.HeldOut!;
        if (plus.Chunks + plus.UndecodableChunks != universal.Chunks)
            throw new InvalidOperationException($"{result.Name}: {plus.Chunks} chunks, not {universal.Chunks}");
        FidelityReport own = result.Own!, leftOut = result.LeftOut!;
        string tokens = string.Join(" | ", ((FidelityReport[])[own, universal, equal.HeldOut!, leftOut, plus])
            .Select(report => report.MeanTokens.ToString("F1", CultureInfo.InvariantCulture)));
        string errors = string.Join(" | ", ((FidelityReport[])[own, universal, leftOut, plus])
            .Select(report => report.RmseNormalized!.Value.ToString("F4", CultureInfo.InvariantCulture)));
        return string.Create(CultureInfo.InvariantCulture,
            $"| {result.Name} | {universal.Horizon} | {universal.Dimensions} | {result.Training.Windows} | {universal.Chunks} "
            + $"| {result.Share:P1} | {tokens} | {errors} | {own.Clipped} | {leftOut.Clipped} |");
    }
}
