using System.CommandLine;
using System.Globalization;
using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary>Options that more than one command has, so that they mean the same everywhere.</summary>
internal static class CommonOption
{
    /// <summary>Name of <see cref="Config"/>.</summary>
    public const string ConfigName = "--config";

    /// <summary>Name of <see cref="Threads"/>.</summary>
    public const string ThreadsName = "--threads";

    /// <summary>Name of <see cref="Memory"/>.</summary>
    public const string MemoryName = "--memory";

    /// <summary>The option that says where temporary files go.</summary>
    public const string TemporaryFolderName = "--temporary-folder";

    /// <summary>The option that says which robot is meant.</summary>
    public const string EmbodimentName = "--embodiment";

    /// <summary>The option that says at which rate a recording is taken.</summary>
    public const string ResampleName = "--resample";

    private const string ByteLevel = "byte-level";

    /// <summary>Values of <see cref="Formula"/>, as <see cref="NormalizationOptions.Named"/> knows them; the default first.</summary>
    public static IReadOnlyList<string> Formulas { get; } = ["exact", "openpi", "lerobot", "openvla"];

    /// <summary><c>--tokenizer DIR</c>.</summary>
    public static Option<string> Tokenizer() => new("--tokenizer")
    {
        Description = "Folder of the tokenizer, or its name on the Hugging Face Hub (org/name).",
        HelpName = "DIR",
        Required = true,
    };

    /// <summary><c>--alphabet</c>.</summary>
    public static Option<string> Alphabet() => OneOf(
        "--alphabet", "What tokens are made of: coefficients, or the bytes of the published processor's text.", "integer", ByteLevel);

    /// <summary>The value of <see cref="Alphabet"/>.</summary>
    public static AlphabetKind AlphabetOf(string value) => value == ByteLevel ? AlphabetKind.ByteLevel : AlphabetKind.Integer;

    /// <summary><c>--formula</c>.</summary>
    public static Option<string> Formula() =>
        OneOf("--formula", "Whose arithmetic of normalisation is followed, epsilon and clipping included.", [.. Formulas]);

    /// <summary><c>--data PATH...</c>.</summary>
    public static Option<string[]> Data() => new("--data")
    {
        Description = "Recorded episodes: files, folders or patterns such as 'day*/*.npz'.",
        HelpName = "PATH",
        Required = true,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary><c>--states S.npy</c>, a state for each chunk.</summary>
    public static Option<string?> ChunkStates() => new("--states")
    {
        Description = "The robot's state at each chunk's first step, [N,S]; needed where a dimension is relative to it.",
        HelpName = "S.npy",
    };

    /// <summary><c>--stride N</c>.</summary>
    public static Option<int> Stride() => AtLeastOne(new Option<int>("--stride")
    {
        Description = "Steps between the starts of two chunks of an episode.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    });

    /// <summary><c>--horizon T</c> in steps, by default what the tokenizer was trained for.</summary>
    public static Option<int?> Horizon() => AtLeastOne(new Option<int?>("--horizon")
    {
        Description = "Time steps in a chunk. [default: the tokenizer's]",
        HelpName = "T",
    });

    /// <summary><c>--dim-limit NAME.FIGURE=X...</c>.</summary>
    public static Option<string[]> DimensionLimit() => new("--dim-limit")
    {
        Description = "Limits on single dimensions, in their units: NAME.rmse, NAME.max_error, NAME.p99_error or NAME.bias.",
        HelpName = "NAME.FIGURE=X",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary><c>--threads N</c>.</summary>
    public static Option<int?> Threads() => AtLeastOne(new Option<int?>(ThreadsName)
    {
        Description = "The most threads that work at a time; results do not depend on it. [default: one per core]",
        HelpName = "N",
    });

    /// <summary><c>--config FILE</c>; see <see cref="ConfigFile"/>.</summary>
    public static Option<string?> Config() => new(ConfigName)
    {
        Description = "JSON file with options by name, such as {\"stride\": 5}; those on the command line win.",
        HelpName = "FILE",
    };

    /// <summary><c>--strict-range</c>.</summary>
    public static Option<bool> StrictRange() => new("--strict-range")
    {
        Description = "Fail where a value lies outside what the tokenizer can express, instead of clipping it.",
    };

    /// <summary><c>--embodiment NAME</c>.</summary>
    public static Option<string?> Embodiment() => new(EmbodimentName)
    {
        Description = "The robot that is meant, where the tokenizer is for several.",
        HelpName = "NAME",
    };

    /// <summary><c>--resample HZ</c>.</summary>
    public static Option<double?> Resample() => new(ResampleName)
    {
        Description = "Interpolate the recording to this many steps per second. [default: as recorded]",
        HelpName = "HZ",
    };

    /// <summary><c>--hold-dims LIST</c>.</summary>
    public static Option<string?> HeldDimensions() => new("--hold-dims")
    {
        Description = "With --resample: dimensions that keep their last value, such as a binary gripper; listed as 0:6,7 or by name.",
        HelpName = "LIST",
    };

    /// <summary><c>--scale S</c>.</summary>
    public static Option<double> Scale() => new("--scale")
    {
        Description = "Quantiser steps per normalised unit; larger means smaller errors and more tokens.",
        HelpName = "S",
        DefaultValueFactory = _ => 10,
    };

    /// <summary><c>--output FILE</c> of a part.</summary>
    public static Option<string> PartOutput() => new("--output")
    {
        Description = "File to write; one that is there is replaced once all is done.",
        HelpName = "FILE",
        Required = true,
    };

    /// <summary><c>--memory SIZE</c>; <see cref="ByteSize"/> reads it.</summary>
    public static Option<string?> Memory(string description, string? byDefault = null)
    {
        var option = new Option<string?>(MemoryName) { Description = description, HelpName = "SIZE" };
        if (byDefault is not null) option.DefaultValueFactory = _ => byDefault;
        option.Validators.Add(result =>
        {
            try
            {
                if (result.Tokens is [{ Value: var text }]) ByteSize.Parse(text);
            }
            catch (FormatException problem)
            {
                result.AddError($"{MemoryName} {problem.Message}");
            }
        });
        return option;
    }

    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Write one JSON object instead of tables." };

    /// <summary>An option with a few values, the first of them the default.</summary>
    public static Option<string> OneOf(string name, string description, params string[] values)
    {
        var option = new Option<string>(name)
        {
            Description = description,
            HelpName = string.Join('|', values),
            DefaultValueFactory = _ => values[0],
        };
        option.CompletionSources.Add(values);
        option.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<string>() is { } value && !values.Contains(value))
                result.AddError($"{name} '{value}' is unknown: give {string.Join(", ", values)}{NearestName.Guess(value, values)}");
        });
        return option;
    }

    /// <summary>Refuses whole numbers below 1.</summary>
    public static T AtLeastOne<T>(T option)
        where T : Option
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && long.TryParse(text, CultureInfo.InvariantCulture, out long value) && value < 1)
                result.AddError($"{option.Name} {value} is too small: give 1 or more");
        });
        return option;
    }
}
