using System.Globalization;

namespace Fast.Tokenizer.Training;

/// <summary>
/// Finds the scale, the vocabulary size and the price of a token that meet a target with the fewest tokens, and trains with them.
/// </summary>
/// <remarks>
/// Each scale and vocabulary size is trained on the first training episodes and measured on the last; then the price is searched for by
/// halving. Held-out episodes take no part. The same episodes and options give the same result on any machine.
/// </remarks>
public sealed class ActionTokenizerTuner
{
    private const double LowestLambda = 0.02;
    private const double HighestLambda = 20;
    private const int Halvings = 9;

    private readonly TuneOptions _options;

    /// <summary>Makes a tuner.</summary>
    /// <param name="options">What to tune for.</param>
    /// <exception cref="ArgumentException">There is not exactly one target, or an option is out of range.</exception>
    public ActionTokenizerTuner(TuneOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        object?[] targets = [options.RmseNormalized, options.MaxErrorNormalized, options.Rmse, options.MaxError, options.MeanTokens];
        if (targets.Count(target => target is not null) != 1)
        {
            throw new ArgumentException(
                $"{targets.Count(target => target is not null)} targets are given; give exactly one of {nameof(TuneOptions.RmseNormalized)}, "
                + $"{nameof(TuneOptions.MaxErrorNormalized)}, {nameof(TuneOptions.Rmse)}, {nameof(TuneOptions.MaxError)} "
                + $"and {nameof(TuneOptions.MeanTokens)}",
                nameof(options));
        }

        Check(options.RmseNormalized ?? options.MaxErrorNormalized ?? options.MeanTokens ?? 1);
        foreach (double target in options.Rmse ?? options.MaxError ?? []) Check(target);
        if (options.Scales.Count == 0) throw new ArgumentException("no scale is given to try", nameof(options));
        if (!(options.ValidationFraction >= 0 && options.ValidationFraction < 1))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"a validation share of {options.ValidationFraction} is not from 0 to below 1"),
                nameof(options));
        }

        if (options.ValidationWindows < 1)
            throw new ArgumentException($"{options.ValidationWindows} validation windows are too few: at least 1", nameof(options));
        foreach (double scale in options.Scales) _ = new ActionTokenizerTrainer(options.Training with { Scale = scale });
        _options = options;

        void Check(double target)
        {
            if (target > 0 && double.IsFinite(target)) return;
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"a target of {target} is not a positive number"), nameof(options));
        }
    }

    /// <summary>Tunes and trains.</summary>
    /// <param name="source">The episodes.</param>
    /// <param name="progress">Told of each point that was measured; may be null.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>The tokenizer, the choices to encode with, and all that was measured.</returns>
    /// <exception cref="InvalidDataException">
    /// The episodes cannot be trained on, or no point meets the target: the message says the nearest.
    /// </exception>
    /// <exception cref="ArgumentException">An option does not fit the episodes.</exception>
    /// <exception cref="OperationCanceledException">The search was stopped.</exception>
    public Task<TuneResult> TuneAsync(
        IEpisodeSource source, IProgress<TunePoint>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Task.Run(() => TuneCoreAsync(source, progress, cancellationToken), cancellationToken);
    }

    private async Task<TuneResult> TuneCoreAsync(IEpisodeSource source, IProgress<TunePoint>? progress, CancellationToken cancellationToken)
    {
        int horizon = new ActionTokenizerTrainer(_options.Training).HorizonFor(source);
        (EpisodeSubset fit, IReadOnlyList<SpreadWindow> windows, ActionShape shape) =
            await DivideAsync(source, horizon, cancellationToken).ConfigureAwait(false);
        if ((_options.Rmse ?? _options.MaxError) is { } each && each.Count != shape.Dimensions)
            throw new ArgumentException($"there are {each.Count} targets for {shape.Dimensions} dimensions: give one for each");

        var curve = new List<TunePoint>();
        foreach (double scale in _options.Scales)
        {
            foreach (int size in _options.VocabularySizes ?? [_options.Training.Vocabulary.VocabularySize])
            {
                TrainingOptions training = With(scale, size) with { HoldoutFraction = 0 };
                FastActionTokenizer tokenizer =
                    (await new ActionTokenizerTrainer(training).TrainAsync(fit, null, cancellationToken).ConfigureAwait(false)).Tokenizer;
                var measure = new OperatingPoints(tokenizer, size, shape, windows);
                Walk(lambda =>
                {
                    TunePoint point = measure.At(lambda, _options, cancellationToken);
                    curve.Add(point);
                    progress?.Report(point);
                    return point;
                });
            }
        }

        TunePoint chosen = Choose(curve);
        var encoding = new EncodeOptions
        {
            Mode = chosen.Lambda > 0 ? EncodeMode.RateDistortion(chosen.Lambda) : EncodeMode.Shortest,
            OutOfRange = OutOfRangePolicy.Clamp,
        };
        TrainingOptions final = With(chosen.Scale, chosen.VocabularySize) with { HeldOutEncoding = encoding };
        TrainingResult result = await new ActionTokenizerTrainer(final).TrainAsync(source, null, cancellationToken).ConfigureAwait(false);
        return new TuneResult(result.Tokenizer, encoding, chosen, curve, result.HeldOut);
    }

    // The largest price within an error, or the smallest within a number of tokens: both only rise or fall with the price.
    private void Walk(Func<double, TunePoint> measure)
    {
        bool budget = _options.MeanTokens is not null;
        TunePoint free = measure(0);
        if (free.IsMet == budget) return;
        double low = LowestLambda, high = HighestLambda;
        for (int i = 0; i < Halvings; i++)
        {
            double lambda = Math.Sqrt(low * high);
            if (measure(lambda).IsMet == budget) high = lambda;
            else low = lambda;
        }
    }

    private TunePoint Choose(List<TunePoint> curve)
    {
        IEnumerable<TunePoint> met = curve.Where(point => point.IsMet);
        TunePoint? best = _options.MeanTokens is null
            ? met.OrderBy(point => point.MeanTokens).ThenBy(point => point.RmseNormalized).FirstOrDefault()
            : met.OrderBy(point => point.RmseNormalized).ThenBy(point => point.MeanTokens).FirstOrDefault();
        if (best is not null) return best;

        TunePoint nearest = curve.MinBy(point => point.OfTarget)!;
        string remedy = _options.MeanTokens is null ? "a larger scale" : "a smaller scale, or a larger vocabulary";
        throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
            $"no scale reaches the target: the nearest, {nearest.Scale} with {nearest.MeanTokens:F1} tokens and RMSE {nearest.RmseNormalized:G3}, "
            + $"is at {nearest.OfTarget:P0} of it; try {remedy}, or another target"));
    }

    private TrainingOptions With(double scale, int size) =>
        _options.Training with { Scale = scale, Vocabulary = _options.Training.Vocabulary with { VocabularySize = size } };

    // A single episode must do for both.
    private async Task<(EpisodeSubset Fit, IReadOnlyList<SpreadWindow> Windows, ActionShape Shape)> DivideAsync(
        IEpisodeSource source, int horizon, CancellationToken cancellationToken)
    {
        EpisodeSplit split = await EpisodeSplit.ReadAsync(source, horizon, _options.Training, null, cancellationToken).ConfigureAwait(false);
        List<int> training = [.. split.Indices(EpisodeRole.Training)];
        int count = Math.Min(training.Count - 1, (int)Math.Ceiling(training.Count * _options.ValidationFraction));
        HashSet<int> validation = [.. count > 0 ? training[^count..] : training];
        HashSet<int> fit = [.. count > 0 ? training[..^count] : training];

        var shape = new ActionShape(horizon, split.Dimensions);
        IReadOnlyList<SpreadWindow> windows = await SpreadWindows
            .ReadAsync(
                new EpisodeSubset(source, validation.Contains), shape, _options.Training, _options.ValidationWindows, cancellationToken)
            .ConfigureAwait(false);
        return (new EpisodeSubset(source, fit.Contains), windows, shape);
    }
}
