using System.Collections.Concurrent;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.RateDistortion;

namespace Fast.Tokenizer.Training;

/// <summary>Measures what the coefficients of a trained tokenizer are best decoded as.</summary>
internal static class ReconstructionTrainer
{
    // An encoder that knows the points chooses other integers, which have other means. Each round gives less than the one before.
    private const int Rounds = 3;

    /// <summary>The tokenizer with points measured on the training episodes of a recording, where its options ask for them.</summary>
    public static async Task<FastActionTokenizer> TrainAsync(
        RecordingInTraining recording,
        FastActionTokenizer tokenizer,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        if (recording.Options.Reconstruction is not { } mode) return tokenizer;

        (mode as ErrorBoundMode)?.Check(recording.Shape);
        int rounds = mode.ChoosesIntegers ? Rounds : 1;
        for (int round = 0; round < rounds; round++)
        {
            int before = round * recording.Episodes;
            void Report(int episode) =>
                progress?.Report(new TrainingProgress(TrainingStage.Reconstruction, before + episode, rounds * recording.Episodes));
            ReconstructionPoints points =
                await PointsAsync(recording, tokenizer, mode, Report, cancellationToken).ConfigureAwait(false);
            tokenizer = new FastActionTokenizer(tokenizer.Definition with { Reconstruction = points });
        }

        return tokenizer;
    }

    private static async Task<ReconstructionPoints> PointsAsync(
        RecordingInTraining recording,
        FastActionTokenizer tokenizer,
        EncodeMode mode,
        Action<int> read,
        CancellationToken cancellationToken)
    {
        ActionShape shape = recording.Shape, encoded = tokenizer.Encoded(shape);
        CoefficientOrder order = tokenizer.Definition.Order;
        var encoding = new EncodeOptions { Mode = mode, OutOfRange = OutOfRangePolicy.Clamp };
        var idle = new ConcurrentBag<(CentroidAccumulator Seen, double[] Scaled, int[] Quantized)>();
        int done = 0;
        await foreach (Episode episode in recording.ReadAsync(EpisodeRole.Training, cancellationToken).ConfigureAwait(false))
        {
            Parallel.For(
                0,
                recording.WindowCount(episode),
                new ParallelOptions
                {
                    CancellationToken = cancellationToken,
                    MaxDegreeOfParallelism = recording.Options.MaxDegreeOfParallelism,
                },
                () => idle.TryTake(out var own)
                    ? own
                    : (Seen: new CentroidAccumulator(encoded), Scaled: new double[encoded.Count], Quantized: new int[encoded.Count]),
                (i, _, own) =>
                {
                    ActionContext context = recording.Context(episode, i);
                    if (tokenizer.TryQuantize(recording.Window(episode, i), shape, context, encoding, own.Scaled, own.Quantized))
                        own.Seen.Add(own.Scaled, own.Quantized, order);
                    return own;
                },
                idle.Add);
            read(++done);
        }

        var sum = new CentroidAccumulator(encoded);
        foreach ((CentroidAccumulator seen, _, _) in idle) sum.Add(seen);

        // Windows that overlap are one experience: together they count as much as one that does not.
        return sum.ToPoints(Math.Max(1, (double)shape.Horizon / recording.Options.Stride));
    }
}
