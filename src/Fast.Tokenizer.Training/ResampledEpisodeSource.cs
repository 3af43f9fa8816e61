using System.Globalization;
using System.Runtime.CompilerServices;

namespace Fast.Tokenizer.Training;

/// <summary>A recording at another rate: actions and states interpolated linearly in time.</summary>
/// <remarks>
/// <para>
/// Step <c>i</c> of a recording at <c>r</c> steps per second stands at <c>i / r</c> seconds. Step <c>j</c> of the result stands at
/// <c>j / rate</c> seconds, as long as that is not behind the last recorded step: nothing is extrapolated. A step that falls on a recorded
/// one, as every step does where the recorded rate is a multiple of the new one, has its values exactly.
/// </para>
/// <para>
/// No filter is applied. At a lower rate, motion above half of that rate is not removed but folds down to slower motion (aliasing): filter
/// the recording before where it holds such motion, and choose a rate at least twice that of the fastest motion that matters. In return no
/// value lies beyond the recorded ones beside it, and an edge stays an edge.
/// </para>
/// </remarks>
public sealed class ResampledEpisodeSource : IEpisodeSource
{
    // In recorded steps. Nearer than this, two times differ by rounding alone.
    private const double SameTime = 1e-6;

    private readonly IEpisodeSource _source;
    private readonly double _recorded;
    private readonly double _rate;
    private readonly ResamplingOptions _options;

    /// <summary>Wraps a recording.</summary>
    /// <param name="source">The recording.</param>
    /// <param name="rate">Steps per second to give, above 0.</param>
    /// <param name="options">Its rate, and which dimensions are not plain numbers; null where all are.</param>
    /// <exception cref="ArgumentException">A rate or a period is no positive number, or the rate of the recording is not known.</exception>
    public ResampledEpisodeSource(IEpisodeSource source, double rate, ResamplingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        _options = options ?? new ResamplingOptions();
        _source = source;
        _recorded = _options.RecordedRate ?? source.Rate
            ?? throw new ArgumentException(
                $"{source.Name} does not say its rate: it cannot be resampled before its rate is given", nameof(options));
        _rate = rate;
        RequirePositive(rate, "a rate to resample to", nameof(rate));
        RequirePositive(_recorded, "a recorded rate", nameof(options));
        foreach (double period in _options.Periods.Values.Concat(_options.StatePeriods.Values))
            RequirePositive(period, "a period", nameof(options));
    }

    /// <inheritdoc/>
    public string Name => _source.Name;

    /// <inheritdoc/>
    public IReadOnlyList<string>? DimensionNames => _source.DimensionNames;

    /// <inheritdoc/>
    public IReadOnlyList<string>? DimensionUnits => _source.DimensionUnits;

    /// <inheritdoc/>
    public IReadOnlyList<string>? StateNames => _source.StateNames;

    /// <inheritdoc/>
    public double? Rate => _rate;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The options name a dimension that the episodes do not have.</exception>
    /// <exception cref="InvalidDataException">An episode would become too long to hold.</exception>
    public async IAsyncEnumerable<Episode> ReadEpisodesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (Episode episode in _source.ReadEpisodesAsync(cancellationToken).ConfigureAwait(false))
            yield return Resample(episode);
    }

    private Episode Resample(Episode episode)
    {
        int steps = StepCount(episode);
        return new Episode(
            episode.Name,
            Resample(episode, episode.Actions.Span, episode.Dimensions, steps, _options.HeldDimensions, _options.Periods, "dimension"),
            episode.Dimensions)
        {
            States = episode.StateDimensions == 0 ? episode.States : Resample(
                episode, episode.States.Span, episode.StateDimensions, steps, _options.HeldStates, _options.StatePeriods, "state"),
            StateDimensions = episode.StateDimensions,
            Masked = episode.Masked,
        };
    }

    private int StepCount(Episode episode)
    {
        if (episode.Steps == 0) return 0;
        double steps = Math.Floor(((episode.Steps - 1) / _recorded * _rate) + (SameTime * Math.Max(1, _rate / _recorded))) + 1;
        return steps * Math.Max(episode.Dimensions, episode.StateDimensions) <= Array.MaxLength
            ? (int)steps
            : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"episode '{episode.Name}' of {episode.Steps} steps at {_recorded} Hz has {steps} steps at {_rate} Hz, "
                + $"too many to hold: use a lower rate"));
    }

    private double[] Resample(
        Episode episode,
        ReadOnlySpan<double> rows,
        int dimensions,
        int steps,
        IReadOnlyList<int> held,
        IReadOnlyDictionary<int, double> periods,
        string what)
    {
        var isHeld = new bool[dimensions];
        foreach (int dimension in held) isHeld[Known(dimension)] = true;
        var period = new double[dimensions];
        foreach ((int dimension, double length) in periods) period[Known(dimension)] = length;

        int last = (rows.Length / dimensions) - 1;
        var resampled = new double[steps * dimensions];
        for (int step = 0; step < steps; step++)
        {
            double position = step * _recorded / _rate;
            int before = (int)Math.Min(Math.Floor(position + SameTime), last);
            double share = before == last || position - before <= SameTime ? 0 : position - before;
            ReadOnlySpan<double> from = rows.Slice(before * dimensions, dimensions);
            ReadOnlySpan<double> to = share == 0 ? from : rows.Slice((before + 1) * dimensions, dimensions);
            Span<double> target = resampled.AsSpan(step * dimensions, dimensions);
            for (int d = 0; d < dimensions; d++)
            {
                target[d] = isHeld[d] || share == 0 ? from[d]
                    : period[d] > 0 ? Turned(from[d], to[d], share, period[d])
                    : Between(from[d], to[d], share);
            }
        }

        return resampled;

        int Known(int dimension) => (uint)dimension < (uint)dimensions
            ? dimension
            : throw new ArgumentException(
                $"episode '{episode.Name}' has {what}s 0 to {dimensions - 1}, there is no {what} {dimension} to hold or turn");
    }

    // Never beyond the two, and their very value where they are equal; the difference of two large numbers may not be representable.
    private static double Between(double from, double to, double share) => double.Lerp(from, to, share) is var value && from <= to
        ? Math.Clamp(value, from, to)
        : Math.Clamp(value, to, from);

    private static double Turned(double from, double to, double share, double period)
    {
        double way = Math.IEEERemainder(to - from, period);
        return share <= 0.5 ? from + (share * way) : to - ((1 - share) * way);
    }

    private static void RequirePositive(double value, string what, string parameter)
    {
        if (value > 0 && double.IsFinite(value)) return;
        throw new ArgumentException(
            string.Create(CultureInfo.InvariantCulture, $"{what} of {value} is not a positive number"), parameter);
    }
}
