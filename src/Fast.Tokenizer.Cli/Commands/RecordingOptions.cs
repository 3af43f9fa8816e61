using System.CommandLine;
using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary>How recorded episodes are read: the same options in every command that reads some.</summary>
internal sealed class RecordingOptions
{
    private readonly Option<string[]> _data;
    private readonly Option<string?> _format = new("--format")
    {
        Description = $"Read everything as this format ({string.Join(", ", EpisodeDataset.Formats)}). [default: told by the content]",
        HelpName = "NAME",
    };

    private readonly Option<string?> _actionKey = new("--action-key")
    {
        Description = "Column, feature or data set that holds the actions. [default: the format's usual name]",
        HelpName = "NAME",
    };

    private readonly Option<string?> _stateKey = new("--state-key")
    {
        Description = "Column, feature or data set that holds the robot's state. [default: the format's usual name]",
        HelpName = "NAME",
    };

    private readonly Option<string?> _episodeKey = new("--episode-key")
    {
        Description = "Column of a text table that tells its episodes apart; an empty name takes the table as one. [default: episode_index, ...]",
        HelpName = "NAME",
    };

    private readonly Option<string[]> _states = new("--states")
    {
        Description = "The robot's states where the recording does not hold them: a recording of the same episodes.",
        HelpName = "PATH",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<bool> _skipBad = new("--skip-bad")
    {
        Description = "Leave out episodes that cannot be read, and say which, instead of failing at the first.",
    };

    private readonly Option<int?> _threads = CommonOption.Threads();

    /// <summary>Makes the options.</summary>
    /// <param name="data">What is read, where a command has an option of its own for it.</param>
    public RecordingOptions(Option<string[]>? data = null)
    {
        _data = data ?? CommonOption.Data();
        _format.CompletionSources.Add([.. EpisodeDataset.Formats]);
    }

    /// <summary>What is read; the first option in the help.</summary>
    public Option Data => _data;

    /// <summary>How it is read; among the last in the help.</summary>
    public IReadOnlyList<Option> Others => [.. OfEpisodes, _threads];

    /// <summary>Those of them that decide what is read.</summary>
    public IReadOnlyList<Option> OfEpisodes => [_format, _actionKey, _stateKey, _episodeKey, _states, _skipBad];

    /// <summary>Episodes that were left out so far.</summary>
    public BadEpisodes Bad { get; } = new();

    /// <summary>The most threads that a command line allows; -1 for one per core, as .NET counts them.</summary>
    public int MaxDegreeOfParallelism(ParseResult parsed) => parsed.GetValue(_threads) ?? -1;

    /// <summary>Opens the recording that a command line names.</summary>
    /// <exception cref="ArgumentException">It gives the recording a name, as only a training on several has.</exception>
    public IEpisodeSource Open(ParseResult parsed)
    {
        string[] data = parsed.GetRequiredValue(_data);
        if (data.FirstOrDefault(value => NamedData.NameOf(value) is not null) is { } named)
        {
            string robot = parsed.CommandResult.Command.Options.Any(option => option.Name == CommonOption.EmbodimentName)
                ? $", and the robot as {CommonOption.EmbodimentName} {NamedData.NameOf(named)}"
                : "";
            throw new ArgumentException($"{_data.Name} {named}: only train gives data sets names; give the path alone{robot}");
        }

        EpisodeDatasetOptions options = ReadOptions(parsed);
        IEpisodeSource source = EpisodeDataset.Open(data, options);
        return parsed.GetValue(_states) is { Length: > 0 } paths
            ? new EpisodesWithStates(source, EpisodeDataset.Open(paths, options with { ActionKey = options.StateKey, StateKey = null }))
            : source;
    }

    /// <summary>The data sets that a command line names; none where it names one without a name.</summary>
    public IReadOnlyList<NamedData> Named(ParseResult parsed) => NamedData.Parse(parsed.GetRequiredValue(_data), _data.Name);

    /// <summary>Opens one of several recordings that a command line names.</summary>
    /// <exception cref="ArgumentException">States are given, of nobody knows which recording.</exception>
    public IEpisodeSource Open(ParseResult parsed, NamedData data) => parsed.GetValue(_states) is { Length: > 0 }
        ? throw new ArgumentException($"{_states.Name} cannot say whose states they are: give data sets that hold their states")
        : EpisodeDataset.Open(data.Paths, ReadOptions(parsed));

    /// <summary>How a command line says that recordings are read.</summary>
    public EpisodeDatasetOptions ReadOptions(ParseResult parsed)
    {
        bool skips = parsed.GetValue(_skipBad);
        if (skips) Bad.AreWanted = true;
        return new EpisodeDatasetOptions
        {
            Format = parsed.GetValue(_format),
            ActionKey = parsed.GetValue(_actionKey),
            StateKey = parsed.GetValue(_stateKey),
            EpisodeKey = parsed.GetValue(_episodeKey),
            SkipBad = skips ? Bad.Add : null,
            MaxDegreeOfParallelism = MaxDegreeOfParallelism(parsed),
        };
    }
}
