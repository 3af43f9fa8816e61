using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Training;
using Spectre.Console;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary><c>train</c>: recorded episodes to a tokenizer folder.</summary>
internal sealed class TrainCommand : ToolCommand
{
    private const double DefaultHoldout = 0.1;

    private readonly Option<string[]> _data = CommonOption.Data();
    private readonly Option<HorizonLength> _horizon = new("--horizon")
    {
        Description = "Length of a chunk: steps (50) or seconds (1s, 0.5s).",
        HelpName = "T|1s",
        Required = true,
        CustomParser = result =>
        {
            try
            {
                return HorizonLength.Parse(result.Tokens[0].Value);
            }
            catch (FormatException problem)
            {
                result.AddError(problem.Message);
                return default;
            }
        },
    };

    private readonly Option<string> _output = new("--output")
    {
        Description = "Folder to write; a tokenizer that is there is replaced.",
        HelpName = "DIR",
        Required = true,
    };

    private readonly Option<double?> _rate = new("--rate")
    {
        Description = "Steps per second. [default: what the recording says]",
        HelpName = "HZ",
    };

    private readonly Option<int> _stride = CommonOption.Stride();
    private readonly Option<string?> _dims = new("--dims")
    {
        Description = "Dimensions to encode: indices, slices with an exclusive end, names (0:6,7). [default: all]",
        HelpName = "LIST",
    };

    private readonly Option<double> _scale = new("--scale")
    {
        Description = "Quantiser steps per normalised unit; larger means smaller errors and more tokens.",
        HelpName = "S",
        DefaultValueFactory = _ => 10,
    };

    private readonly Option<int> _vocabularySize = new("--vocab-size")
    {
        Description = "Token ids, the alphabet included.",
        HelpName = "N",
        DefaultValueFactory = _ => 1024,
    };

    private readonly Option<double?> _pruneFrom = new("--prune-from")
    {
        Description = "Train this many times the tokens and keep those that --mode rate-distortion and shortest need; canonical encoding then "
            + "takes more. Integer alphabet only. [default: no pruning]",
        HelpName = "F",
    };

    private readonly Option<string> _normalization = CommonOption.OneOf(
        "--normalization", $"What spans the normalised range: {string.Join(", ", NormalizationName.All)}.", NormalizationName.All);

    private readonly Option<string> _formula = CommonOption.Formula();
    private readonly Option<bool> _clip = new("--clip") { Description = "Move values outside the normalised range to its ends." };
    private readonly Option<string?> _unnormalized = new("--unnormalized-dims")
    {
        Description = "Dimensions left as they are, such as a binary gripper; listed as in --dims, by recorded index. [default: none]",
        HelpName = "LIST",
    };

    private readonly Option<string?> _weights = new("--weights")
    {
        Description = "How finely dimensions are represented: a weight for each (1,1,0.5), or for some, listed as in --dims "
            + "(gripper=0.5,0:3=2); half the weight is twice the step. [default: 1 for all]",
        HelpName = "LIST",
    };

    private readonly Option<string> _alphabet = CommonOption.Alphabet();
    private readonly Option<double> _margin = new("--margin")
    {
        Description = "How far an integer alphabet reaches beyond the coefficients seen, as a share of their range.",
        HelpName = "F",
        DefaultValueFactory = _ => new TrainingOptions().AlphabetMargin,
    };

    private readonly Option<double?> _holdout = new("--holdout")
    {
        Description = $"Share of the episodes kept back for the report. [default: {DefaultHoldout}, or 0 where there is only one episode]",
        HelpName = "F",
    };

    private readonly Option<int?> _seed = new("--seed")
    {
        Description = "Draw the held-out episodes with this seed. [default: the last ones are held out]",
        HelpName = "N",
    };

    private readonly Option<string> _order = CommonOption.OneOf(
        "--order", "Order of the coefficients; Python reads only frequency.", "frequency", "dimension");
    private readonly Option<long> _minFrequency = CommonOption.AtLeastOne(new Option<long>("--min-frequency")
    {
        Description = "A pair that occurs less often is not merged.",
        HelpName = "N",
        DefaultValueFactory = _ => new BpeTrainerOptions().MinFrequency,
    });

    private readonly Option<int> _maxTokenLength = CommonOption.AtLeastOne(new Option<int>("--max-token-length")
    {
        Description = "The longest token, in coefficients.",
        HelpName = "N",
        DefaultValueFactory = _ => new BpeTrainerOptions().MaxTokenLength,
    });

    private readonly Option<bool> _estimate = new("--estimate-statistics")
    {
        Description = "Estimate quantiles in bounded memory, for recordings larger than it.",
    };

    private readonly EncodingOptions _encoding = new();
    private readonly Option<bool> _json = CommonOption.Json();

    /// <summary>Makes the command.</summary>
    public TrainCommand(ToolConsole console)
        : base(console, "train", "Trains a tokenizer from recorded episodes and reports how well it does on held-out ones.")
    {
        _normalization.HelpName = "METHOD";
        Option[] options =
        [
            _data, _horizon, _output, _rate, _stride, _dims, _scale, _vocabularySize, _pruneFrom, _normalization, _formula, _clip,
            _unnormalized, _weights, _alphabet, _margin, _holdout, _seed, _order, _minFrequency, _maxTokenLength, _estimate, _json,
        ];
        foreach (Option option in options) Add(option);
        _encoding.AddTo(this);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "train --data episodes.npz --horizon 1s --output my-tokenizer",
        "train --data day1.npz day2.npz --horizon 50 --dims 0:6,7 --unnormalized-dims 7 --output my-tokenizer",
        "train --data episodes.npz --horizon 1s --weights gripper=0.5 --output my-tokenizer",
    ];

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string output = parsed.GetRequiredValue(_output);
        OutputPath.RequireTokenizerFolder(output, _output.Name);
        IEpisodeSource source = EpisodeDataset.Open(parsed.GetRequiredValue(_data));
        TrainingOptions options = await OptionsAsync(parsed, source, cancellationToken);
        if (parsed.GetValue(_holdout) is null)
            options = options with { HoldoutFraction = await DefaultHoldoutAsync(source, options, cancellationToken) };

        var trainer = new ActionTokenizerTrainer(options);
        long start = Stopwatch.GetTimestamp();
        TrainingResult result = await ProgressView.RunAsync(Console, progress => trainer.TrainAsync(source, progress, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        result.Tokenizer.Save(output);

        TrainingSummary summary = TrainingSummary.Of(result, output, Stopwatch.GetElapsedTime(start));
        if (parsed.GetValue(_json)) Console.Output.WriteLine(JsonSerializer.Serialize(summary, ToolJson.Indented.TrainingSummary));
        else Write(summary);
        return ExitCode.Done;
    }

    private async Task<TrainingOptions> OptionsAsync(ParseResult parsed, IEpisodeSource source, CancellationToken cancellationToken)
    {
        HorizonLength horizon = parsed.GetRequiredValue(_horizon);
        IReadOnlyList<int>? dims = parsed.GetValue(_dims) is { } list ? DimensionList.Parse(list, source.DimensionNames, _dims.Name) : null;
        NormalizationOptions formula = NormalizationOptions.Named(
            parsed.GetRequiredValue(_formula), NormalizationName.Parse(parsed.GetRequiredValue(_normalization)));
        return new TrainingOptions
        {
            Horizon = horizon.Steps,
            HorizonSeconds = horizon.Seconds,
            Rate = parsed.GetValue(_rate),
            Stride = parsed.GetValue(_stride),
            Dimensions = dims,
            Scale = parsed.GetValue(_scale),
            Vocabulary = new BpeTrainerOptions
            {
                VocabularySize = parsed.GetValue(_vocabularySize),
                MinFrequency = parsed.GetValue(_minFrequency),
                MaxTokenLength = parsed.GetValue(_maxTokenLength),
            },
            Pruning = parsed.GetValue(_pruneFrom) is { } candidates ? new VocabularyPruning { Candidates = candidates } : null,
            Normalization = formula with
            {
                Clip = formula.Clip || parsed.GetValue(_clip),
                Mask = parsed.GetValue(_unnormalized) is { } unnormalized
                    ? Mask(unnormalized, await EncodedAsync(dims, source, cancellationToken), source)
                    : null,
                Weights = parsed.GetValue(_weights) is { } weights
                    ? DimensionWeights.Parse(
                        weights, await EncodedAsync(dims, source, cancellationToken), source.DimensionNames, _weights.Name)
                    : null,
            },
            Order = parsed.GetRequiredValue(_order) == "frequency" ? CoefficientOrder.FrequencyMajor : CoefficientOrder.DimensionMajor,
            Alphabet = CommonOption.AlphabetOf(parsed.GetRequiredValue(_alphabet)),
            AlphabetMargin = parsed.GetValue(_margin),
            HoldoutFraction = parsed.GetValue(_holdout) ?? 0,
            HeldOutEncoding = new EncodeOptions { Mode = _encoding.Of(parsed) },
            Seed = parsed.GetValue(_seed),
            EstimateStatistics = parsed.GetValue(_estimate),
        };
    }

    private static async Task<IReadOnlyList<int>> EncodedAsync(
        IReadOnlyList<int>? dims, IEpisodeSource source, CancellationToken cancellationToken)
    {
        if (dims is not null) return dims;
        Episode first = await source.ReadEpisodesAsync(cancellationToken).FirstOrDefaultAsync(cancellationToken)
            ?? throw new InvalidDataException($"{source.Name} holds no episodes");
        return [.. Enumerable.Range(0, first.Dimensions)];
    }

    private bool[] Mask(string text, IReadOnlyList<int> dims, IEpisodeSource source)
    {
        IReadOnlyList<int> unnormalized = DimensionList.Parse(text, source.DimensionNames, _unnormalized.Name);
        foreach (int dimension in unnormalized) DimensionList.RequireEncoded(dimension, dims, $"{_unnormalized.Name} {text}");
        return [.. dims.Select(dimension => !unnormalized.Contains(dimension))];
    }

    // A single episode is better trained on than refused, as long as nobody asked for a holdout.
    private async Task<double> DefaultHoldoutAsync(IEpisodeSource source, TrainingOptions options, CancellationToken cancellationToken)
    {
        int horizon = new ActionTokenizerTrainer(options).HorizonFor(source);
        int usable = await source.ReadEpisodesAsync(cancellationToken)
            .Where(episode => episode.Steps >= horizon)
            .Take(2)
            .CountAsync(cancellationToken);
        if (usable == 1) Console.Note("only one episode is long enough: it is trained on, and nothing is held out for a report");
        return usable == 1 ? 0 : DefaultHoldout;
    }

    private void Write(TrainingSummary summary)
    {
        Console.Tables.Write(FigureTable.Of(
            ("saved to", summary.Output),
            ("episodes", $"{summary.Episodes} trained on, {summary.HeldOutEpisodes} held out, {summary.SkippedEpisodes} too short"),
            ("chunks", $"{summary.Windows} of {new ActionShape(summary.Horizon, summary.Dims)}, {summary.DistinctWindows} different"),
            ("coefficients", $"{summary.MinCoefficient} to {summary.MaxCoefficient} at scale {FigureTable.Text(summary.Scale)}"),
            ("vocabulary", $"{summary.VocabularySize} tokens over an alphabet of {summary.AlphabetSize}"),
            ("seconds", FigureTable.Text(summary.Seconds))));
        if (summary.HeldOut is null) return;

        Console.Tables.WriteLine("On held-out episodes:");
        FidelityTables.Write(Console.Tables, summary.HeldOut);
    }
}
