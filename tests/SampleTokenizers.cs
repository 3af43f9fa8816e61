using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Training;
using Fast.Tokenizer.Transform;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests;

/// <summary>Tokenizers put together by hand, and motions to feed them.</summary>
internal static class SampleTokenizers
{
    /// <summary>A definition with the merges that smooth motions teach, or with none.</summary>
    public static FastTokenizerDefinition Definition(
        double scale = 10,
        int min = -120,
        int max = 120,
        int merges = 200,
        CoefficientOrder order = CoefficientOrder.FrequencyMajor,
        ActionNormalizer? normalizer = null,
        ActionMetadata? metadata = null)
    {
        var alphabet = new IntegerAlphabet(min, max);
        var corpus = new SequenceCorpus();
        var random = new Random(7);
        var quantizer = new CoefficientQuantizer(scale, order);
        for (int i = 0; i < (merges == 0 ? 0 : Rounds.Of(60)); i++)
        {
            var shape = new ActionShape(random.Next(4, 40), random.Next(1, 8));
            double[] values = Motion(random, shape);
            var coefficients = new int[shape.Count];
            new DctPlan(shape.Horizon).Forward(values, shape.Dimensions, values);
            quantizer.Quantize(values, shape, coefficients);
            corpus.Add([.. coefficients.Select(value => Math.Clamp(value, min, max))]);
        }

        return new FastTokenizerDefinition
        {
            Scale = scale,
            Alphabet = alphabet,
            Vocabulary = merges == 0
                ? new BpeVocabulary(alphabet.SymbolCount, [])
                : BpeTrainer.Train(corpus, min, alphabet.SymbolCount, new() { VocabularySize = alphabet.SymbolCount + merges }),
            Order = order,
            Normalizer = normalizer,
            Metadata = metadata ?? new(),
        };
    }

    public static FastActionTokenizer Tokenizer(
        double scale = 10,
        int min = -120,
        int max = 120,
        int merges = 200,
        CoefficientOrder order = CoefficientOrder.FrequencyMajor,
        ActionNormalizer? normalizer = null,
        ActionMetadata? metadata = null) => new(Definition(scale, min, max, merges, order, normalizer, metadata));

    /// <summary>A smooth motion of each dimension within [-1, 1], row-major [T,D].</summary>
    public static double[] Motion(Random random, ActionShape shape)
    {
        var values = new double[shape.Count];
        for (int d = 0; d < shape.Dimensions; d++)
        {
            double offset = (random.NextDouble() - 0.5) * 0.8, size = random.NextDouble() * 0.5;
            double phase = random.NextDouble() * 6, rate = random.NextDouble() * 6;
            for (int t = 0; t < shape.Horizon; t++)
            {
                values[(t * shape.Dimensions) + d] =
                    offset + (size * Math.Sin(phase + (rate * t / shape.Horizon))) + ((random.NextDouble() - 0.5) * 0.05);
            }
        }

        return values;
    }

    /// <summary>Statistics in which every field has its own value, for ranges of very different size and place.</summary>
    public static ActionStatistics Statistics(int dimensions)
    {
        double[] Column(double at) =>
            [.. Enumerable.Range(0, dimensions).Select(d => (d * 0.3) - 0.1 + (at * Math.Pow(10, (d % 5) - 2)))];
        double[] std = [.. Column(0.4).Select(Math.Abs)];
        return new ActionStatistics(
            12345, Column(-1.3), Column(1.2), Column(0.05), std, Column(-1), Column(-0.7), Column(0.02), Column(0.6), Column(1));
    }

    public static float[] ToSingle(double[] values) => Array.ConvertAll(values, value => (float)value);
}
