using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>The input as options and episodes: training gives a tokenizer of them, or says why not.</summary>
internal sealed class TrainingRuns() : FuzzTarget("training")
{
    public override int Cases => 500;

    public override double LeastRefused => 0.05;

    public override bool Allows(Exception problem) => problem is ArgumentException or InvalidDataException;

    public override long UsualMemoryLimit(int length) => 64 << 20;

    public override IEnumerable<byte[]> Seeds()
    {
        var random = new Random(5);
        for (byte kind = 0; kind < 12; kind++)
        {
            byte[] values = new byte[160];
            random.NextBytes(values);
            yield return [kind, (byte)(kind * 5), 3, 1, 10, 200, 2, 12, .. values.Select(value => (byte)(value / 3))];
        }
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        var choices = new FuzzInput(input);
        int kind = choices.Byte(), more = choices.Byte();
        var options = new TrainingOptions
        {
            Horizon = choices.Byte() % 16,
            Stride = choices.Byte() % 8,
            Scale = choices.Byte(),
            Vocabulary = new() { VocabularySize = choices.Byte() * 4, MinFrequency = kind & 3, MaxTokenLength = more },
            Alphabet = (AlphabetKind)(kind & 1),
            Order = (CoefficientOrder)((kind >> 1) & 1),
            Normalization = new()
            {
                Method = (NormalizationMethod)(more % 5),
                Formula = (NormalizationFormula)((kind >> 2) & 3),
                Clip = (more & 1) != 0,
            },
            EstimateStatistics = (kind & 8) != 0,
            HoldoutFraction = (kind & 16) != 0 ? 0.4 : 0,
            MaxDegreeOfParallelism = 1,
        };
        int dimensions = choices.Below(3) + 1, steps = choices.Below(40);
        var episodes = new List<Episode>();
        while (choices.HasMore && episodes.Count < 6)
        {
            var actions = new double[steps * dimensions];
            for (int i = 0; i < actions.Length; i++) actions[i] = choices.Usual();
            episodes.Add(new Episode($"{episodes.Count}", actions, dimensions));
            if (steps == 0) break;
        }

        FastActionTokenizer tokenizer = Train(options, episodes);
        if (Train(options with { MaxDegreeOfParallelism = 2 }, episodes).Checksum() != tokenizer.Checksum())
            throw new FuzzFailure("the tokenizer depends on the number of threads");
        foreach (Episode episode in episodes)
        {
            if (episode.Steps < options.Horizon) continue;
            var shape = new ActionShape(options.Horizon.Value, dimensions);
            int[] ids = tokenizer.Encode(episode.Actions.Span[..shape.Count], shape);
            var decoded = new double[shape.Count];
            bool isWhole = options.Alphabet == AlphabetKind.Integer;
            if (!tokenizer.TryDecode(ids, shape, decoded).IsComplete && isWhole) throw new FuzzFailure("an episode does not come back");
            if (!Array.TrueForAll(decoded, double.IsFinite)) throw new FuzzFailure("a decoded value is not finite");
        }
    }

    private static FastActionTokenizer Train(TrainingOptions options, List<Episode> episodes) =>
        new ActionTokenizerTrainer(options).TrainAsync(new EpisodeList(episodes)).GetAwaiter().GetResult().Tokenizer;
}
