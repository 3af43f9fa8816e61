using System.CommandLine;
using System.Globalization;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary>How the robot's own actions are encoded, as a command line says.</summary>
internal sealed class ActionSpaceOptions
{
    private const string Keep = "keep";
    private const string Range = "..";

    private readonly Option<string?> _relative = new("--relative")
    {
        Description = "Dimensions relative to the robot's state at the chunk's first step; listed as in --dims.",
        HelpName = "LIST",
    };

    private readonly Option<string?> _delta = new("--delta")
    {
        Description = "Dimensions relative to the action before, at the first step to the state; errors add up along the chunk.",
        HelpName = "LIST",
    };

    private readonly Option<string?> _stateMap = new("--state-map")
    {
        Description = "Which state values the dimensions of --relative, then of --delta, refer to, in their order. "
            + "[default: the same indices]",
        HelpName = "LIST",
    };

    private readonly Option<string?> _angles = new("--angles")
    {
        Description = "Dimensions that turn round: with the period, or the range that decoded angles are given in (3:6,yaw=360; "
            + "yaw=0..360). [default period: 2 pi, about zero]",
        HelpName = "LIST[=P]",
    };

    private readonly Option<string?> _binary = new("--binary")
    {
        Description = "Dimensions with two values, snapped to the nearer one (gripper; gripper=-1..1). "
            + "[default values: the smallest and the largest recorded]",
        HelpName = "LIST[=A..B]",
    };

    private readonly Option<string?> _fill = new("--fill")
    {
        Description = "What decoding gives for dimensions that --dims leaves out: a number, numbers by dimension (5=0.1,gripper=1), or "
            + "keep for what the caller's buffer holds. Then actions keep all dimensions. [default: 0]",
        HelpName = "VALUES|keep",
    };

    /// <summary>The options.</summary>
    public Option[] All => [_relative, _delta, _stateMap, _angles, _binary, _fill];

    /// <summary>Whether the command line says anything about the action space.</summary>
    public bool IsGiven(ParseResult parsed) => All.Any(option => parsed.GetResult(option) is { Implicit: false });

    /// <summary>The action space that a command line says.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="source">The recording.</param>
    /// <param name="dims">The dimensions to encode; null for all.</param>
    /// <param name="dimensions">Dimensions of the recording.</param>
    /// <param name="isShard">Whether the recording is one of several, which must not be asked for what differs between them.</param>
    /// <param name="cancellationToken">Stops the reading of the recording.</param>
    /// <exception cref="ArgumentException">An option does not fit the recording or another option.</exception>
    public async Task<ActionSpace> ReadAsync(
        ParseResult parsed,
        IEpisodeSource source,
        IReadOnlyList<int>? dims,
        int dimensions,
        bool isShard,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<string>? names = source.DimensionNames;
        var space = new ActionDimension[dimensions];
        for (int d = 0; d < dimensions; d++) space[d] = new ActionDimension { Encoded = dims?.Contains(d) ?? true };
        foreach (int d in dims ?? []) Require(d, "--dims", space);

        IReadOnlyList<int> relative = List(_relative), delta = List(_delta);
        IReadOnlyList<int>? states =
            parsed.GetValue(_stateMap) is { } map ? DimensionList.Parse(map, source.StateNames, _stateMap.Name) : null;
        if (states is not null && states.Count != relative.Count + delta.Count)
        {
            throw new ArgumentException(
                $"{_stateMap.Name} names {states.Count} state values for the {relative.Count + delta.Count} dimensions of {_relative.Name} "
                + $"and {_delta.Name}: name one for each");
        }

        foreach ((int i, int d) in relative.Concat(delta).Index())
        {
            RequireEncoded(d, i < relative.Count ? _relative.Name : _delta.Name, space);
            if (space[d].Reference != ActionReference.Absolute)
                throw new ArgumentException($"dimension {d} is in {_relative.Name} and in {_delta.Name}: leave one of them out");
            space[d] = space[d] with
            {
                Reference = i < relative.Count ? ActionReference.State : ActionReference.Previous,
                StateIndex = states?[i],
            };
        }

        foreach ((int d, string? period) in Valued(_angles))
        {
            RequireEncoded(d, _angles.Name, space);
            space[d] = space[d] with { Period = 2 * Math.PI };
            if (period is null) continue;
            space[d] = TryRange(period, out double from, out double to)
                ? space[d] with { Period = to - from, PeriodStart = from }
                : space[d] with { Period = Number(period, _angles.Name, "period; give a number such as 360, or a range such as 0..360") };
        }

        SortedDictionary<int, string?> binary = Valued(_binary);
        if (isShard && binary.ContainsValue(null))
        {
            throw new ArgumentException(
                $"{_binary.Name} {parsed.GetValue(_binary)}: one shard does not know the values of all: give them (gripper=0..1)");
        }

        (double Low, double High)[] ends = binary.ContainsValue(null) ? await EndsAsync(source, dimensions, cancellationToken) : [];
        foreach ((int d, string? values) in binary)
        {
            RequireEncoded(d, _binary.Name, space);
            if (values is null && !(ends[d].Low < ends[d].High))
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                    $"{_binary.Name}: dimension {d} is {ends[d].Low} throughout, so its two values are not known: give them ({d}=0..1)"));
            }

            (double low, double high) = values is null ? ends[d]
                : TryRange(values, out double from, out double to) ? (from, to)
                : throw new ArgumentException($"{_binary.Name}: '{values}' are no two values; give them as 0..1");
            space[d] = space[d] with { Binary = new BinaryValues(low, high) };
        }

        SetFill(parsed.GetValue(_fill), names, space);
        return new ActionSpace(space);

        IReadOnlyList<int> List(Option<string?> option) =>
            parsed.GetValue(option) is { } text ? DimensionList.Parse(text, names, option.Name) : [];

        SortedDictionary<int, string?> Valued(Option<string?> option) =>
            parsed.GetValue(option) is { } text ? ValuedDimensions.Parse(text, names, option.Name) : [];
    }

    private void SetFill(string? text, IReadOnlyList<string>? names, ActionDimension[] space)
    {
        if (text is null) return;
        if (!text.Contains('='))
        {
            double? all = Fill(text);
            for (int d = 0; d < space.Length; d++) space[d] = space[d] with { Fill = all };
            return;
        }

        foreach ((int d, string? value) in ValuedDimensions.Parse(text, names, _fill.Name))
        {
            Require(d, _fill.Name, space);
            space[d] = space[d] with { Fill = Fill(value ?? "") };
        }
    }

    private double? Fill(string text) => text == Keep ? null : Number(text, _fill.Name, $"fill value; give a number, or {Keep}");

    private static double Number(string text, string option, string what) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : throw new ArgumentException($"{option}: '{text}' is no {what}");

    private static bool TryRange(string text, out double from, out double to)
    {
        (from, to) = (0, 0);
        int at = text.IndexOf(Range, StringComparison.Ordinal);
        return at >= 0
            && double.TryParse(text[..at], NumberStyles.Float, CultureInfo.InvariantCulture, out from)
            && double.TryParse(text[(at + Range.Length)..], NumberStyles.Float, CultureInfo.InvariantCulture, out to);
    }

    private static void Require(int dimension, string option, ActionDimension[] space)
    {
        if (dimension >= space.Length)
        {
            throw new ArgumentException(
                $"{option}: there is no dimension {dimension}; the recording has dimensions 0 to {space.Length - 1}");
        }
    }

    private static void RequireEncoded(int dimension, string option, ActionDimension[] space)
    {
        Require(dimension, option, space);
        if (!space[dimension].Encoded) throw new ArgumentException($"{option}: dimension {dimension} is not encoded, which --dims says");
    }

    private static async Task<(double Low, double High)[]> EndsAsync(
        IEpisodeSource source, int dimensions, CancellationToken cancellationToken)
    {
        var ends = new (double Low, double High)[dimensions];
        Array.Fill(ends, (double.PositiveInfinity, double.NegativeInfinity));
        await foreach (Episode episode in source.ReadEpisodesAsync(cancellationToken))
        {
            ReadOnlySpan<double> actions = episode.Actions.Span;
            for (int i = 0; i < actions.Length && episode.Dimensions == dimensions; i++)
            {
                ref (double Low, double High) end = ref ends[i % dimensions];
                end = (Math.Min(end.Low, actions[i]), Math.Max(end.High, actions[i]));
            }
        }

        return ends;
    }
}
