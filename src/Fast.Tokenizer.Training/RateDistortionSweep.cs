namespace Fast.Tokenizer.Training;

/// <summary>Measures tokens against error over scales, prices of a token and vocabulary sizes, beside plain FAST and binning.</summary>
/// <remarks>
/// A tokenizer is trained for each scale and vocabulary size, and another by the published scheme; every price is then measured on the same
/// windows. Values that a tokenizer cannot express are clamped. A vocabulary that is smaller than the alphabet of its scale is left out and
/// said; if none is left, that is an error. The same episodes and options give the same result on any machine.
/// </remarks>
public sealed class RateDistortionSweep
{
    private readonly RateDistortionSweepOptions _options;
    private readonly double[] _scales;
    private readonly double[] _lambdas;
    private readonly int[] _sizes;

    /// <summary>Makes a sweep.</summary>
    /// <param name="options">What to try. A value that is given twice is tried once.</param>
    /// <exception cref="ArgumentException">A list is empty, or an option is out of range.</exception>
    public RateDistortionSweep(RateDistortionSweepOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Scales.Count == 0) throw new ArgumentException("no scale is given to try", nameof(options));
        if (options.Lambdas.Count == 0) throw new ArgumentException("no price of a token (lambda) is given to try", nameof(options));
        if (options.VocabularySizes is { Count: 0 }) throw new ArgumentException("no vocabulary size is given to try", nameof(options));
        if (options.Windows < 1) throw new ArgumentException($"{options.Windows} windows are too few: at least 1", nameof(options));
        _options = options;
        _scales = [.. options.Scales.Distinct().Order()];
        _lambdas = [.. options.Lambdas.Distinct().Order()];
        _sizes = [.. (options.VocabularySizes ?? [options.Training.Vocabulary.VocabularySize]).Distinct().Order()];
        foreach (double scale in _scales) _ = new ActionTokenizerTrainer(options.Training with { Scale = scale });
        foreach (double lambda in _lambdas) RateDistortionCurve.CheckPrice(lambda, nameof(options));

        foreach (int size in _sizes)
        {
            if (size is < 1 or > BpeTrainer.MaxVocabularySize)
                throw new ArgumentException($"a vocabulary of {size} tokens is not 1 to {BpeTrainer.MaxVocabularySize}", nameof(options));
        }
    }

    /// <summary>Trains and measures.</summary>
    /// <param name="source">The episodes.</param>
    /// <param name="progress">Told of each tokenizer that was trained and measured; may be null.</param>
    /// <param name="cancellationToken">Stops the sweep.</param>
    /// <returns>The points, those of the baselines, and what was left out.</returns>
    /// <exception cref="InvalidDataException">The episodes cannot be trained on or divided, or none of their dimensions moves.</exception>
    /// <exception cref="VocabularyTooSmallException">Every vocabulary is smaller than the alphabet of every scale.</exception>
    /// <exception cref="ArgumentException">An option does not fit the episodes.</exception>
    /// <exception cref="OperationCanceledException">The sweep was stopped.</exception>
    public Task<RateDistortionSweepResult> RunAsync(
        IEpisodeSource source, IProgress<RateDistortionSweepProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Task.Run(() => RunCoreAsync(source, progress, cancellationToken), cancellationToken);
    }

    private async Task<RateDistortionSweepResult> RunCoreAsync(
        IEpisodeSource source, IProgress<RateDistortionSweepProgress>? progress, CancellationToken cancellationToken)
    {
        int horizon = new ActionTokenizerTrainer(_options.Training).HorizonFor(source);
        EpisodeSplit split = await EpisodeSplit.ReadAsync(source, horizon, _options.Training, null, cancellationToken).ConfigureAwait(false);
        var shape = new ActionShape(horizon, split.Dimensions);
        HashSet<int> training = [.. split.Indices(EpisodeRole.Training)];
        HashSet<int> measured = split.HeldOutCount > 0 ? [.. split.Indices(EpisodeRole.HeldOut)] : training;
        var fit = new EpisodeSubset(source, training.Contains);
        IReadOnlyList<SpreadWindow> windows = await SpreadWindows
            .ReadAsync(new EpisodeSubset(source, measured.Contains), shape, _options.Training, _options.Windows, cancellationToken)
            .ConfigureAwait(false);

        var points = new List<RateDistortionSweepPoint>();
        var skipped = new List<RateDistortionSweepSkip>();
        VocabularyTooSmallException? tooSmall = null;
        int done = 0, total = _scales.Length * _sizes.Length * 2;
        foreach (double scale in _scales)
        {
            foreach (int size in _sizes)
            {
                TrainingOptions own = _options.Training with
                {
                    Scale = scale,
                    HoldoutFraction = 0,
                    Vocabulary = _options.Training.Vocabulary with { VocabularySize = size },
                };
                await MeasureAsync(RateDistortionSweepScheme.Canonical, own, [null, .. _lambdas.Select(lambda => (double?)lambda)])
                    .ConfigureAwait(false);

                await MeasureAsync(RateDistortionSweepScheme.Published, Published(scale, size), [null]).ConfigureAwait(false);
            }
        }

        if (!points.Exists(point => point.Scheme == RateDistortionSweepScheme.RateDistortion)) throw tooSmall!;
        return new RateDistortionSweepResult(
            shape.Horizon,
            shape.Dimensions,
            split.TrainingCount,
            split.HeldOutCount,
            split.SkippedCount,
            windows.Count,
            WithParetoMarks([.. Sorted(points.Where(point => point.Scheme == RateDistortionSweepScheme.RateDistortion))]),
            [.. Sorted(points.Where(point => point.Scheme != RateDistortionSweepScheme.RateDistortion))],
            skipped);

        async Task MeasureAsync(RateDistortionSweepScheme scheme, TrainingOptions options, double?[] lambdas)
        {
            try
            {
                FastActionTokenizer tokenizer =
                    (await new ActionTokenizerTrainer(options).TrainAsync(fit, null, cancellationToken).ConfigureAwait(false)).Tokenizer;

                // Binning depends on the statistics alone.
                if (points.Count == 0)
                {
                    points.Add(RateDistortionCurve.Measure(
                        RateDistortionSweepScheme.Binning, tokenizer, null, RateDistortionCurve.Bins, shape, windows, cancellationToken));
                }

                var measuredPoints = new RateDistortionSweepPoint[lambdas.Length];
                var parallel = new ParallelOptions
                {
                    CancellationToken = cancellationToken,
                    MaxDegreeOfParallelism = _options.Training.MaxDegreeOfParallelism,
                };
                await Parallel.ForEachAsync(Enumerable.Range(0, lambdas.Length), parallel, (i, stop) =>
                {
                    measuredPoints[i] = RateDistortionCurve.Measure(
                        lambdas[i] is null ? scheme : RateDistortionSweepScheme.RateDistortion,
                        tokenizer,
                        lambdas[i],
                        options.Vocabulary.VocabularySize,
                        shape,
                        windows,
                        stop);
                    return ValueTask.CompletedTask;
                }).ConfigureAwait(false);
                points.AddRange(measuredPoints);
            }
            catch (VocabularyTooSmallException problem)
            {
                if (scheme == RateDistortionSweepScheme.Canonical) tooSmall ??= problem;
                int size = options.Vocabulary.VocabularySize;
                skipped.Add(new RateDistortionSweepSkip(scheme, size, options.Scale, WithoutParameter(problem)));
            }

            progress?.Report(new RateDistortionSweepProgress(++done, total));
        }
    }

    // The same chunks, normalised alike; all else as published.
    private TrainingOptions Published(double scale, int size) => new()
    {
        Horizon = _options.Training.Horizon,
        HorizonSeconds = _options.Training.HorizonSeconds,
        Rate = _options.Training.Rate,
        Stride = _options.Training.Stride,
        EncodedDimensions = _options.Training.EncodedDimensions,
        ActionSpace = _options.Training.ActionSpace,
        Normalization = _options.Training.Normalization with { Weights = null },
        Normalizer = _options.Training.Normalizer,
        EstimateStatistics = _options.Training.EstimateStatistics,
        MaxDegreeOfParallelism = _options.Training.MaxDegreeOfParallelism,
        Alphabet = AlphabetKind.ByteLevel,
        Scale = scale,
        Vocabulary = new BpeTrainerOptions { VocabularySize = size },
    };

    private static IEnumerable<RateDistortionSweepPoint> Sorted(IEnumerable<RateDistortionSweepPoint> points) => points
        .OrderBy(point => point.Scheme)
        .ThenBy(point => point.VocabularySize)
        .ThenBy(point => point.MeanTokens)
        .ThenBy(point => point.RmseNormalized);

    private static RateDistortionSweepPoint[] WithParetoMarks(RateDistortionSweepPoint[] points) =>
        [.. points.Select(point => point with { IsParetoOptimal = !points.Any(other => other.Dominates(point)) })];

    private static string WithoutParameter(ArgumentException problem) =>
        problem.Message.Replace($" (Parameter '{problem.ParamName}')", "", StringComparison.Ordinal);
}
