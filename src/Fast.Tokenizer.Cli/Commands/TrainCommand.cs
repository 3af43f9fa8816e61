using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Fast.Tokenizer.Training;
using Fast.Tokenizer.Training.Parts;
using Spectre.Console;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary><c>train</c>: recorded episodes to a tokenizer folder.</summary>
internal sealed class TrainCommand : ToolCommand
{
    private const string IntegerPoints = "integer";
    private const string CentroidPoints = "centroid";
    private const string NoTarget = "a scale is chosen by encoding windows of the episodes, and counts are of one scale";

    private readonly TrainingOptionSet _training = new(
        defaultHoldout: 0.1, "the report", "it is trained on, and nothing is held out for a report");

    private readonly Option<string> _output = new("--output")
    {
        Description = "Folder to write; a tokenizer that is there is replaced.",
        HelpName = "DIR",
        Required = true,
    };

    private readonly Option<double> _scale = CommonOption.Scale();
    private readonly Option<int> _vocabularySize = new("--vocab-size")
    {
        Description = "Token ids, the alphabet included.",
        HelpName = "N",
        DefaultValueFactory = _ => 1024,
    };

    private readonly Option<string> _alphabet = CommonOption.Alphabet();
    private readonly TuningOptions _tuning = new();
    private readonly EncodingOptions _encoding = new();
    private readonly Option<string> _reconstruction = CommonOption.OneOf(
        "--reconstruction",
        "What a coefficient is decoded as: its integer, or the mean of what the --mode encodes so, which Python cannot decode.",
        IntegerPoints,
        CentroidPoints);

    private readonly UniversalOptions _universal = new();
    private readonly MemoryOptions _memory = new();
    private readonly Option<string[]> _counts = new("--counts")
    {
        Description = "Instead of --data: merged coefficients, which say all that was counted with; with names (NAME=FILE) as --data.",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<bool> _json = CommonOption.Json();

    /// <summary>Makes the command.</summary>
    public TrainCommand(ToolConsole console)
        : base(console, "train", "Trains a tokenizer from recorded episodes and reports how well it does on held-out ones.")
    {
        _training.AddTo(this, _output, _scale, _vocabularySize, _alphabet);

        // Points are measured for a mode, which a target chooses last.
        _tuning.AddTo(this, [_scale, .. _encoding.All, _reconstruction]);
        _encoding.AddTo(this);
        Add(_reconstruction);
        _universal.AddTo(this);
        Add(_counts);
        _training.AllowInstead(this, _counts);
        _memory.AddTo(this);
        Add(_json);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "train --data episodes.npz --horizon 1s --output my-tokenizer",
        "train --data day1.npz day2.npz --horizon 50 --dims 0:6,7 --unnormalized-dims 7 --output my-tokenizer",
        "train --data episodes.npz --horizon 1s --weights gripper=0.5 --output my-tokenizer",
        "train --data episodes.npz --horizon 1s --target-rmse-normalized 0.02 --output my-tokenizer",
        "train --config my-tokenizer/train.json --vocab-size 2048 --output my-larger-tokenizer",
        "train --data aloha=aloha.npz --data bridge=b1.npz,b2.npz --horizon 1s --vocab-size 2048 --leave-out each --output my-tokenizer",
        "train --counts all.counts --vocab-size 2048 --memory 2GB --output my-tokenizer",
    ];

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string output = parsed.GetRequiredValue(_output);
        OutputPath.RequireTokenizerFolder(output, _output.Name);
        if (parsed.GetValue(_counts) is { Length: > 0 } counts) return await RunCountedAsync(parsed, counts, output, cancellationToken);
        IReadOnlyList<NamedData> named = _training.NamedData(parsed);
        if (named.Count > 0) return await RunUniversalAsync(parsed, named, output, cancellationToken);

        _universal.RefuseFor(parsed);
        (TrainingOptions options, IEpisodeSource source) =
            await OptionsAsync(parsed, _training.Source(parsed), null, output, cancellationToken);
        TuneOptions? target = await _tuning.ReadAsync(parsed, options, source, Console, cancellationToken);

        long start = Stopwatch.GetTimestamp();
        TuneResult? tuned = null;
        TrainingResult result = await ProgressView.RunAsync(Console, async progress =>
        {
            if (target is null) return await new ActionTokenizerTrainer(options).TrainAsync(source, progress, cancellationToken);
            tuned = await new ActionTokenizerTuner(target).TuneAsync(source, progress, cancellationToken);
            return new TrainingResult(tuned.Tokenizer, tuned.HeldOut);
        });
        cancellationToken.ThrowIfCancellationRequested();
        result.Tokenizer.Save(output, ConfigFile.Resolved(parsed));

        _training.Bad.Note(Console);
        Report(parsed, TrainingSummary.Of(result, output, Stopwatch.GetElapsedTime(start)) with
        {
            Tuning = tuned is null ? null : new TuningSummary(tuned.Chosen, TuningOptions.EncodingArguments(tuned.Chosen), tuned.Curve),
        });
        return ExitCode.Done;
    }

    private async Task<int> RunCountedAsync(ParseResult parsed, string[] files, string output, CancellationToken cancellationToken)
    {
        if (NamedData.Parse(files, _counts.Name) is { Count: > 0 } named)
            return await RunUniversalCountedAsync(parsed, named, output, cancellationToken);
        if (files.Length > 1)
        {
            throw new ArgumentException(
                $"{_counts.Name} takes one file of a data set: merge the {files.Length} first, or name each (NAME=FILE)");
        }

        _universal.RefuseFor(parsed);
        var counts = CorpusPart.Open(files[0]);
        TrainingOptions options = CountedOptions(parsed, counts, output);
        long start = Stopwatch.GetTimestamp();
        TrainingResult result = await ProgressView.RunAsync(
            Console, progress => new ActionTokenizerTrainer(options).TrainAsync(counts, progress, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        result.Tokenizer.Save(output, ConfigFile.Resolved(parsed, [.. _training.OfEpisodes, _scale]));
        Report(parsed, TrainingSummary.Of(result, output, Stopwatch.GetElapsedTime(start)));
        return ExitCode.Done;
    }

    private async Task<int> RunUniversalCountedAsync(
        ParseResult parsed, IReadOnlyList<NamedData> named, string output, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, double> weights = _universal.Weights(parsed, named);
        var counts = new List<EmbodimentCounts>();
        TrainingOptions options = new();
        foreach (NamedData data in named)
        {
            if (data.Paths is not [var file])
                throw new ArgumentException($"{_counts.Name}: data set '{data.Name}' has {data.Paths.Count} files: merge them first");
            var part = CorpusPart.Open(file);
            counts.Add(new EmbodimentCounts { Name = data.Name, Counts = part, Weight = weights.GetValueOrDefault(data.Name, 1) });
            options = CountedOptions(parsed, part, output);
        }

        UniversalTrainingOptions universal = _universal.ReadCounted(parsed, options);
        long start = Stopwatch.GetTimestamp();
        UniversalTrainingResult result = await ProgressView.RunAsync(
            Console, progress => new UniversalTrainer(universal).TrainAsync(counts, progress, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        result.Tokenizer.Save(output, ConfigFile.Resolved(parsed, [.. _training.OfEpisodes, _scale]));
        Report(parsed, UniversalSummary.Of(result, output, Stopwatch.GetElapsedTime(start)));
        return ExitCode.Done;
    }

    private TrainingOptions CountedOptions(ParseResult parsed, CorpusPart counts, string output)
    {
        CountedTraining.Check(counts);
        TrainingOptions options = Vocabulary(parsed, _training.ReadCounted(parsed, counts), output);
        if (_tuning.IsGiven(parsed)) throw new ArgumentException($"a target cannot be had from counts: {NoTarget}");
        if (parsed.GetResult(_scale) is { Implicit: false })
            CountedTraining.RequireSame(_scale.Name, parsed.GetValue(_scale), counts.Scale!.Value, counts);
        return parsed.GetRequiredValue(_reconstruction) == IntegerPoints
            ? options
            : throw new ArgumentException(
                $"{_reconstruction.Name} {CentroidPoints} cannot be had from counts: {CountedTraining.NoReconstruction}");
    }

    private async Task<int> RunUniversalAsync(
        ParseResult parsed, IReadOnlyList<NamedData> named, string output, CancellationToken cancellationToken)
    {
        if (_tuning.IsGiven(parsed))
            throw new ArgumentException("a target is for one data set: train with a --scale where there are several");
        IReadOnlyDictionary<string, double> weights = _universal.Weights(parsed, named);
        var sources = new List<EmbodimentSource>();
        TrainingOptions options = new();
        foreach (NamedData data in named)
        {
            (options, IEpisodeSource source) = await OptionsAsync(
                parsed, _training.Source(parsed, data), data.Name, output, cancellationToken);
            sources.Add(new EmbodimentSource
            {
                Name = data.Name,
                Source = source,
                Weight = weights.GetValueOrDefault(data.Name, 1),
                EncodedDimensions = options.EncodedDimensions,
                ActionSpace = options.ActionSpace,
                Normalization = options.Normalization,
                HoldoutFraction = options.HoldoutFraction,
            });
        }

        options = options with { EncodedDimensions = null, ActionSpace = null, Normalization = new() };
        UniversalTrainingOptions universal = _universal.Read(parsed, options, sources);
        long start = Stopwatch.GetTimestamp();
        UniversalTrainingResult result = await ProgressView.RunAsync(
            Console, progress => new UniversalTrainer(universal).TrainAsync(sources, progress, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        result.Tokenizer.Save(output, ConfigFile.Resolved(parsed));

        _training.Bad.Note(Console);
        Report(parsed, UniversalSummary.Of(result, output, Stopwatch.GetElapsedTime(start)));
        return ExitCode.Done;
    }

    private async Task<(TrainingOptions Options, IEpisodeSource Source)> OptionsAsync(
        ParseResult parsed, IEpisodeSource source, string? dataSet, string output, CancellationToken cancellationToken)
    {
        TrainingOptions options;
        try
        {
            (options, source) = await _training.ReadAsync(parsed, source, Console, cancellationToken, dataSet);
        }
        catch (ArgumentException problem) when (dataSet is not null)
        {
            throw new ArgumentException($"data set '{dataSet}': {problem.Message}", problem);
        }

        EncodeMode mode = _encoding.Of(parsed);
        options = Vocabulary(parsed, options, output) with
        {
            Scale = parsed.GetValue(_scale),
            HeldOutEncoding = new EncodeOptions { Mode = mode },
            Reconstruction = parsed.GetRequiredValue(_reconstruction) == CentroidPoints ? mode : null,
        };
        return (options, source);
    }

    private void Report(ParseResult parsed, TrainingSummary summary)
    {
        if (parsed.GetValue(_json))
            Console.Output.WriteLine(_training.Bad.AddTo(JsonSerializer.Serialize(summary, ToolJson.Indented.TrainingSummary)));
        else Write(summary);
    }

    private void Report(ParseResult parsed, UniversalSummary summary)
    {
        if (parsed.GetValue(_json))
            Console.Output.WriteLine(_training.Bad.AddTo(JsonSerializer.Serialize(summary, ToolJson.Indented.UniversalSummary)));
        else UniversalTables.Write(Console.Tables, summary);
    }

    private TrainingOptions Vocabulary(ParseResult parsed, TrainingOptions options, string output) =>
        _memory.AddTo(parsed, options, output) with
        {
            Vocabulary = options.Vocabulary with { VocabularySize = parsed.GetValue(_vocabularySize) },
            Alphabet = CommonOption.AlphabetOf(parsed.GetRequiredValue(_alphabet)),
        };

    private void Write(TrainingSummary summary)
    {
        (string, string)[] chosen = summary.Tuning is not { } tuning
            ? []
            :
            [
                ("chosen", $"scale {FigureTable.Text(tuning.Chosen.Scale)}, lambda {FigureTable.Text(tuning.Chosen.Lambda)}"),
                ("encode with", tuning.EncodingArguments),
            ];
        Console.Tables.Write(FigureTable.Of(
        [
            ("saved to", summary.Output),
            ("episodes", $"{summary.Episodes} trained on, {summary.HeldOutEpisodes} held out, {summary.SkippedEpisodes} too short"),
            ("chunks", $"{summary.Windows} of {new ActionShape(summary.Horizon, summary.Dims)}, {summary.DistinctWindows} different"),
            .. chosen,
            ("coefficients", $"{summary.MinCoefficient} to {summary.MaxCoefficient} at scale {FigureTable.Text(summary.Scale)}"),
            ("vocabulary", $"{summary.VocabularySize} tokens over an alphabet of {summary.AlphabetSize}"),
            ("seconds", FigureTable.Text(summary.Seconds)),
        ]));
        if (summary.Tuning is not null) WriteCurve(summary.Tuning);
        if (summary.HeldOut is null) return;

        Console.Tables.WriteLine("On held-out episodes:");
        FidelityTables.Write(Console.Tables, summary.HeldOut);
    }

    private void WriteCurve(TuningSummary tuning)
    {
        Console.Tables.WriteLine("Points that were tried, measured on training episodes:");
        Table table = new Table { Border = TableBorder.Simple };
        foreach (string heading in (string[])["scale", "lambda", "tokens", "rmse\nnormal.", "max err.\nnormal.", "% of\ntarget"])
            table.AddColumn(new TableColumn(heading).RightAligned().NoWrap().PadRight(0));
        table.AddColumn(new TableColumn(""));
        foreach (TunePoint point in tuning.Curve)
        {
            double[] figures =
                [point.Scale, point.Lambda, point.MeanTokens, point.RmseNormalized, point.MaxErrorNormalized, 100 * point.OfTarget];
            string mark = point == tuning.Chosen ? "chosen" : point.IsMet ? "" : "missed";
            table.AddRow([.. figures.Select(figure => new Text(FigureTable.Text(figure))), new Text(mark)]);
        }

        Console.Tables.Write(table);
    }
}
