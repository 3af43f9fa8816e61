using System.CommandLine;
using System.Globalization;
using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary>What <c>train</c> takes where several data sets share a vocabulary.</summary>
internal sealed class UniversalOptions
{
    private const string Each = "each";

    private readonly Option<string[]> _weight = new("--weight")
    {
        Description = "How much a named data set counts beside the others. [default: 1]",
        HelpName = "NAME=W",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string> _shares = CommonOption.OneOf(
        "--shares", "What part each named data set has before its weight: by its size, or all an equal one.", "size", "equal");

    private readonly Option<string[]> _leaveOut = new("--leave-out")
    {
        Description = $"Compare, for a named data set or for {Each}: the vocabulary of all, one without it, one of it alone.",
        HelpName = $"NAME|{Each}",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_weight, _shares, _leaveOut]) command.Add(option);
    }

    /// <summary>Refuses the options where the data has no names.</summary>
    /// <exception cref="ArgumentException">One is given.</exception>
    public void RefuseFor(ParseResult parsed)
    {
        Option[] own = [_weight, _shares, _leaveOut];
        if (own.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given)
            throw new ArgumentException($"{given.Name} is for data sets with names: give --data NAME=PATH for each");
    }

    /// <summary>How to train.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="training">What holds for all data sets.</param>
    /// <param name="sources">The data sets.</param>
    /// <exception cref="ArgumentException">A data set to leave out is not there.</exception>
    public UniversalTrainingOptions Read(ParseResult parsed, TrainingOptions training, IReadOnlyList<EmbodimentSource> sources)
    {
        var left = new List<string>();
        foreach (string name in parsed.GetValue(_leaveOut) ?? [])
        {
            // A data set may be called so. Of one that nothing is held out of there is nothing to compare.
            if (name == Each && sources.All(source => source.Name != Each))
                left.AddRange(sources.Where(source => source.HoldoutFraction > 0).Select(source => source.Name));
            else left.Add(Known(name, sources.Select(source => source.Name), _leaveOut.Name));
        }

        return new UniversalTrainingOptions
        {
            Training = training,
            Shares = Shares(parsed),
            LeftOut = [.. left.Distinct()],
        };
    }

    /// <summary>How to train on counts.</summary>
    /// <exception cref="ArgumentException">A data set is to be left out.</exception>
    public UniversalTrainingOptions ReadCounted(ParseResult parsed, TrainingOptions training) =>
        parsed.GetResult(_leaveOut) is { Implicit: false }
            ? throw new ArgumentException($"{_leaveOut.Name} cannot be had from counts: {CountedTraining.NoHoldout}")
            : new UniversalTrainingOptions { Training = training, Shares = Shares(parsed) };

    /// <summary>The weights, by name of the data set; those that are not named weigh 1.</summary>
    /// <exception cref="ArgumentException">An entry is no weight, or of no data set, or of one that has a weight already.</exception>
    public IReadOnlyDictionary<string, double> Weights(ParseResult parsed, IReadOnlyList<NamedData> sets)
    {
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (string entry in parsed.GetValue(_weight) ?? [])
        {
            int at = entry.LastIndexOf('=');
            if (at < 0
                || !double.TryParse(entry.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double weight)
                || !(weight > 0 && double.IsFinite(weight)))
            {
                throw new ArgumentException($"{_weight.Name} {entry} is no weight of a data set: give NAME=W, with a number above 0");
            }

            if (!weights.TryAdd(Known(entry[..at], sets.Select(set => set.Name), _weight.Name), weight))
                throw new ArgumentException($"{_weight.Name} {entry}: that data set has a weight already");
        }

        return weights;
    }

    private CorpusShares Shares(ParseResult parsed) =>
        parsed.GetRequiredValue(_shares) == "equal" ? CorpusShares.Equal : CorpusShares.Size;

    private static string Known(string name, IEnumerable<string> names, string option)
    {
        string[] known = [.. names];
        if (known.Contains(name)) return name;
        string guess = NearestName.Of(name, known) is { } nearest ? $" (did you mean '{nearest}'?)" : "";
        throw new ArgumentException($"{option}: there is no data set '{name}'{guess}; there are {string.Join(", ", known)}");
    }
}
