using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>
/// A tokenizer and chunks of a shape, from the ALOHA insertion recording: the first dimensions, at its 50 steps a second.
/// </summary>
/// <remarks>The chunks are from the last fifth of the episodes, the tokenizer from the others: integer alphabet, scale 10.</remarks>
internal sealed class ChunkSet
{
    /// <summary>Number of chunks; benchmarks take them in turn, so that nothing is remembered from one call to the next.</summary>
    public const int Count = 256;

    /// <summary>Trains the tokenizer and cuts the chunks.</summary>
    public ChunkSet(int horizon, int dimensions, int vocabulary = 1024)
    {
        Shape = new ActionShape(horizon, dimensions);
        IReadOnlyList<Episode> episodes = Recordings.Aloha();
        Tokenizer = new ActionTokenizerTrainer(new TrainingOptions
        {
            Horizon = horizon,
            EncodedDimensions = [.. Enumerable.Range(0, dimensions)],
            HoldoutFraction = 0.2,
            Vocabulary = new BpeTrainerOptions { VocabularySize = vocabulary },
        }).TrainAsync(new EpisodeList(episodes)).GetAwaiter().GetResult().Tokenizer;

        Episode[] heldOut = [.. episodes.Skip(Tokenizer.Definition.Training!.Episodes)];
        var random = new Random(1);
        Actions = new float[Count][];
        for (int i = 0; i < Count; i++)
        {
            Episode episode = heldOut[i % heldOut.Length];
            int start = random.Next(episode.Steps - horizon + 1);
            Actions[i] = new float[Shape.Count];
            for (int k = 0; k < Shape.Count; k++)
                Actions[i][k] = (float)episode.Actions.Span[((start + (k / dimensions)) * episode.Dimensions) + (k % dimensions)];
        }
    }

    /// <summary>Shape of the chunks.</summary>
    public ActionShape Shape { get; }

    /// <summary>The tokenizer, which knows the statistics.</summary>
    public FastActionTokenizer Tokenizer { get; }

    /// <summary>The chunks, row-major [T,D], in physical units.</summary>
    public float[][] Actions { get; }

    /// <summary>FAST+ with the statistics of the tokenizer, or null where the published folder is absent.</summary>
    public FastActionTokenizer? Published()
    {
        string folder = Path.Combine(Recordings.Root(), "tokenizers", "fast_plus");
        if (!Directory.Exists(folder)) return null;
        return new FastActionTokenizer(FastActionTokenizer.Load(folder).Definition with { Normalizer = Tokenizer.Definition.Normalizer });
    }
}
