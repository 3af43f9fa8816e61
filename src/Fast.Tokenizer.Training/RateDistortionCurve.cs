using System.Globalization;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Fidelity;

namespace Fast.Tokenizer.Training;

/// <summary>Measures tokens against error of one tokenizer over prices of a token, beside plain FAST and binning.</summary>
public static class RateDistortionCurve
{
    /// <summary>Bins of the baseline.</summary>
    internal const int Bins = 256;

    /// <summary>Measures a tokenizer.</summary>
    /// <remarks>Values that it cannot express are clamped. The result is the same on any number of threads.</remarks>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="source">The episodes.</param>
    /// <param name="options">Which chunks, and the prices.</param>
    /// <param name="cancellationToken">Stops the measuring.</param>
    /// <returns>A point per price in their order, then plain FAST, then 256-bin binning; none where no dimension of the tokenizer has a
    /// range, which leaves no normalised error to compare.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidDataException">No episode is long enough.</exception>
    public static async Task<IReadOnlyList<RateDistortionSweepPoint>> MeasureAsync(
        FastActionTokenizer tokenizer,
        IEpisodeSource source,
        RateDistortionCurveOptions options,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Windows < 1) throw new ArgumentException($"{options.Windows} windows are too few: at least 1", nameof(options));
        foreach (double lambda in options.Lambdas) CheckPrice(lambda, nameof(options));
        if (tokenizer.Definition.Normalizer is { } normalizer && !normalizer.HalfRange.ContainsAnyExcept(0)) return [];

        var training = new TrainingOptions { EncodedDimensions = tokenizer.Definition.Metadata.EncodedDimensions, Stride = options.Stride };

        // Reading asks for the horizon alone.
        IReadOnlyList<SpreadWindow> windows = await SpreadWindows
            .ReadAsync(source, new ActionShape(options.Horizon, 1), training, options.Windows, cancellationToken)
            .ConfigureAwait(false);
        if (windows.Count == 0) throw new InvalidDataException($"no episode of {source.Name} has {options.Horizon} steps");
        var shape = new ActionShape(options.Horizon, windows[0].Values.Length / options.Horizon);

        double?[] prices = [.. options.Lambdas.Select(lambda => (double?)lambda), null, null];
        var points = new RateDistortionSweepPoint[prices.Length];
        await Parallel.ForAsync(0, prices.Length, cancellationToken, (i, stop) =>
        {
            RateDistortionSweepScheme scheme = i < options.Lambdas.Count ? RateDistortionSweepScheme.RateDistortion
                : i == options.Lambdas.Count ? RateDistortionSweepScheme.Canonical
                : RateDistortionSweepScheme.Binning;
            int size = scheme == RateDistortionSweepScheme.Binning ? Bins : tokenizer.VocabularySize;
            points[i] = Measure(scheme, tokenizer, prices[i], size, shape, windows, stop);
            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        return points;
    }

    /// <summary>Refuses what is no price of a token.</summary>
    /// <exception cref="ArgumentException">It is negative or not finite.</exception>
    internal static void CheckPrice(double lambda, string parameter)
    {
        if (lambda >= 0 && double.IsFinite(lambda)) return;
        throw new ArgumentException(
            string.Create(CultureInfo.InvariantCulture, $"a price (lambda) of {lambda} is not a number from 0 up"), parameter);
    }

    /// <summary>Measures one point on windows of one shape.</summary>
    /// <exception cref="InvalidDataException">No dimension has a range.</exception>
    internal static RateDistortionSweepPoint Measure(
        RateDistortionSweepScheme scheme,
        FastActionTokenizer trained,
        double? lambda,
        int vocabularySize,
        ActionShape shape,
        IReadOnlyList<SpreadWindow> windows,
        CancellationToken cancellationToken)
    {
        bool isBinning = scheme == RateDistortionSweepScheme.Binning;
        IActionTokenizer tokenizer = isBinning ? new BinningActionTokenizer(Bins, trained.Definition.Normalizer) : trained;
        var encoding = new EncodeOptions
        {
            Mode = lambda switch
            {
                null => EncodeMode.Canonical,
                0 => EncodeMode.Shortest,
                { } price => EncodeMode.RateDistortion(price),
            },
            OutOfRange = OutOfRangePolicy.Clamp,
        };

        // Binning knows no action space, and is given what one makes of the actions.
        ActionSpace? space = isBinning ? trained.Definition.ActionSpace : null;
        ActionShape own = space is null ? shape : trained.Encoded(shape);
        ActionMetadata? metadata = space is null ? trained.Definition.Metadata : null;
        var evaluator = new FidelityEvaluator(tokenizer, own, trained.Definition.Normalizer, metadata, encoding);
        var values = new double[own.Count];
        foreach (SpreadWindow window in windows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            space?.Transform(window.Values, window.Context, values);
            if (space is null) evaluator.Add(window.Values, window.Episode, window.Step, window.Context);
            else evaluator.Add(values, window.Episode, window.Step);
        }

        FidelityReport report = evaluator.ToReport();
        if (report is not { RmseNormalized: { } rmse, MaxErrorNormalized: { } largest })
            throw new InvalidDataException("no dimension moves in the episodes trained on: there is no normalised error to compare");
        return new RateDistortionSweepPoint(
            scheme,
            vocabularySize,
            isBinning ? null : trained.Definition.Scale,
            lambda,
            report.MeanTokens,
            report.P99Tokens,
            rmse,
            largest);
    }
}
