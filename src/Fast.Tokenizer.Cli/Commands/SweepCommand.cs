using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary><c>sweep</c>: tokens against error over scales, prices of a token and vocabulary sizes.</summary>
internal sealed class SweepCommand : ToolCommand
{
    private readonly TrainingOptionSet _training = new(
        defaultHoldout: 0.2, "the measurements", "it is trained on and measured on, which flatters the figures");

    private readonly Option<string> _scales = List(
        "--scale", "Quantiser steps per normalised unit to try; larger means smaller errors and more tokens.", _defaults.Scales);

    private readonly Option<string> _lambdas = List(
        "--lambda", "Prices of a token to try, as in --mode rate-distortion; 0 is --mode shortest.", _defaults.Lambdas);

    private readonly Option<string> _sizes = List(
        "--vocab-size", "Vocabulary sizes to try; one that is smaller than the alphabet of a scale is left out there.", [1024.0]);

    private readonly Option<int> _windows = CommonOption.AtLeastOne(new Option<int>("--windows")
    {
        Description = "The most chunks that a point is measured on, spread evenly over the held-out episodes.",
        HelpName = "N",
        DefaultValueFactory = _ => _defaults.Windows,
    });

    private readonly Option<string?> _output = new("--output")
    {
        Description = $"Folder that {string.Join(", ", SweepFiles.Names)} are written to. [default: none is written]",
        HelpName = "DIR",
    };

    private readonly Option<bool> _json = CommonOption.Json();

    private static readonly RateDistortionSweepOptions _defaults = new() { Training = new TrainingOptions() };

    /// <summary>Makes the command.</summary>
    public SweepCommand(ToolConsole console)
        : base(
            console,
            "sweep",
            "Trains a tokenizer per scale and vocabulary size and measures tokens against error on held-out episodes, "
            + "beside plain FAST, the published scheme and 256-bin binning.")
    {
        _training.AddTo(this, _scales, _lambdas, _sizes, _windows, _output);
        Add(_json);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "sweep --data episodes.npz --horizon 1s --output sweep",
        "sweep --data episodes.npz --horizon 1s --scale 8,10,14 --lambda 0,0.7,1.5 --vocab-size 512,1024,2048 --json",
    ];

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        double[] scales = NumberList.Parse<double>(
            parsed.GetRequiredValue(_scales), _scales.Name, scale => scale > 0, "scale; give numbers above 0 with commas");
        double[] lambdas = NumberList.Parse<double>(
            parsed.GetRequiredValue(_lambdas), _lambdas.Name, lambda => lambda >= 0, "price; give numbers from 0 up with commas");
        int[] sizes = NumberList.Parse<int>(
            parsed.GetRequiredValue(_sizes),
            _sizes.Name,
            size => size is > 0 and <= BpeTrainer.MaxVocabularySize,
            $"vocabulary size; give whole numbers from 1 to {BpeTrainer.MaxVocabularySize} with commas");
        string? output = parsed.GetValue(_output);
        if (output is not null)
        {
            // Before the work, as it also finds out whether this machine can draw at all.
            OutputPath.RequireFolder(output, _output.Name);
            if (!RateDistortionPlot.HasFont) Console.Note("no font is installed: the plots have no lettering; install one, such as DejaVu");
        }

        (TrainingOptions training, IEpisodeSource source) =
            await _training.ReadAsync(parsed, _training.Source(parsed), Console, cancellationToken);
        var sweep = new RateDistortionSweep(new RateDistortionSweepOptions
        {
            Training = training,
            Scales = scales,
            Lambdas = lambdas,
            VocabularySizes = sizes,
            Windows = parsed.GetValue(_windows),
        });
        RateDistortionSweepResult result = await ProgressView.RunAsync(
            Console, progress => sweep.RunAsync(source, progress, cancellationToken));
        foreach (RateDistortionSweepSkip skip in result.Skipped)
            Console.Note($"{SweepTable.NameOf(skip.Scheme)}, scale {FigureTable.Text(skip.Scale)}, is left out: {skip.Reason}");

        _training.Bad.Note(Console);
        string json = JsonSerializer.Serialize(result, ToolJson.Indented.RateDistortionSweepResult);
        if (output is not null) SweepFiles.Write(output, json, result, Path.GetFileName(source.Name), cancellationToken);
        if (parsed.GetValue(_json)) Console.Output.WriteLine(_training.Bad.AddTo(json));
        else SweepTable.Write(Console.Tables, result);
        return ExitCode.Done;
    }

    private static Option<string> List(string name, string description, IReadOnlyList<double> values) => new(name)
    {
        Description = description,
        HelpName = "LIST",
        DefaultValueFactory = _ => string.Join(',', values.Select(value => value.ToString(CultureInfo.InvariantCulture))),
    };
}
