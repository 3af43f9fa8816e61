using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>Tokenizers of every kind, trained in little time.</summary>
internal static class SampleTokens
{
    private static readonly Lazy<FastActionTokenizer> _byteLevel =
        new(() => Trained(AlphabetKind.ByteLevel, new() { Formula = NormalizationFormula.OpenPi }));

    private static readonly Lazy<FastActionTokenizer>[] _all =
    [
        new(() => SampleTokenizers.Tokenizer(min: -40, max: 40, merges: 60)),
        new(() => SampleTokenizers.Tokenizer(min: -40, max: 40, merges: 0)),
        new(() => Trained(AlphabetKind.Integer, new() { Clip = true })),
        new(() => SampleTokenizers.Tokenizer(min: -40, max: 40, order: CoefficientOrder.DimensionMajor)),
        _byteLevel,
    ];

    public static int Count => _all.Length;

    /// <summary>Trains all of them, where they are not trained yet.</summary>
    public static void Train()
    {
        foreach (Lazy<FastActionTokenizer> tokenizer in _all) _ = tokenizer.Value;
    }

    /// <summary>A byte-level tokenizer of two dimensions.</summary>
    public static FastActionTokenizer ByteLevel => _byteLevel.Value;

    public static FastActionTokenizer Get(int index) => _all[index].Value;

    /// <summary>The tokenizer's own dimensions, or those given where it takes any.</summary>
    public static ActionShape Shape(FastActionTokenizer tokenizer, int horizon, int dimensions) =>
        new(horizon, tokenizer.Definition.Normalizer?.Dimensions ?? dimensions);

    private static FastActionTokenizer Trained(AlphabetKind alphabet, NormalizationOptions normalization)
    {
        var random = new Random(3);
        List<Episode> episodes = [.. Enumerable.Range(0, 4).Select(i =>
            new Episode($"{i}", SampleTokenizers.Motion(random, new ActionShape(40, 2)), 2))];
        var options = new TrainingOptions
        {
            Horizon = 8,
            Alphabet = alphabet,
            Normalization = normalization,
            Vocabulary = new() { VocabularySize = 400 },
            MaxDegreeOfParallelism = 1,
        };
        return new ActionTokenizerTrainer(options).TrainAsync(new EpisodeList(episodes)).GetAwaiter().GetResult().Tokenizer;
    }
}
