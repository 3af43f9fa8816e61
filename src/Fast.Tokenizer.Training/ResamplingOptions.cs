using Fast.Tokenizer.Actions;

namespace Fast.Tokenizer.Training;

/// <summary>What a <see cref="ResampledEpisodeSource"/> must know of a recording; without it every dimension is interpolated.</summary>
public sealed record ResamplingOptions
{
    /// <summary>Rate of the recording in steps per second, above 0; null takes what the recording says.</summary>
    public double? RecordedRate { get; init; }

    /// <summary>
    /// Action dimensions, by index into the recording, that have no values in between, such as a binary gripper or a mode: they keep the
    /// last recorded value until the next one.
    /// </summary>
    public IReadOnlyList<int> HeldDimensions { get; init; } = [];

    /// <summary>The same for the dimensions of the state.</summary>
    public IReadOnlyList<int> HeldStates { get; init; } = [];

    /// <summary>
    /// Action dimensions, by index into the recording, that are angles, with their period (2 pi, 360): interpolated the shorter way round,
    /// and given in the turn of the recorded step that is nearer in time.
    /// </summary>
    public IReadOnlyDictionary<int, double> Periods { get; init; } = new Dictionary<int, double>();

    /// <summary>The same for the dimensions of the state.</summary>
    public IReadOnlyDictionary<int, double> StatePeriods { get; init; } = new Dictionary<int, double>();

    /// <summary>
    /// What an action space says: its binary dimensions are held, its angles and the states that they are relative to are turned.
    /// </summary>
    /// <param name="space">The action space, of all dimensions of the recording.</param>
    /// <returns>Options without a rate.</returns>
    public static ResamplingOptions Of(ActionSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        var held = new List<int>();
        Dictionary<int, double> periods = [], statePeriods = [];
        for (int d = 0; d < space.Dimensions.Count; d++)
        {
            ActionDimension dimension = space.Dimensions[d];
            if (dimension.Binary is not null) held.Add(d);
            if (dimension.Period is not { } period) continue;
            periods[d] = period;
            if (dimension.IsRelative) statePeriods[dimension.StateIndex ?? d] = period;
        }

        return new ResamplingOptions { HeldDimensions = held, Periods = periods, StatePeriods = statePeriods };
    }
}
