using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Training;

/// <summary>Coefficients to an alphabet and a vocabulary over it, as the options of a training say.</summary>
internal static class VocabularyTrainer
{
    public static (CoefficientAlphabet Alphabet, BpeVocabulary Vocabulary) Train(
        ICountedSequences corpus, TrainingOptions training, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        TrainingMemory memory = TrainingMemory.Of(training);
        if (training.Alphabet == AlphabetKind.ByteLevel)
            return ByteLevelTrainer.Train(corpus, training.Vocabulary, memory, progress, cancellationToken);

        IntegerAlphabet alphabet = Alphabet(corpus, training.AlphabetMargin);
        BpeTrainerOptions options = training.Vocabulary;
        if (training.Pruning is { } pruning)
        {
            BpeTrainer.CheckSize(options, alphabet.SymbolCount);
            double candidates = Math.Min(BpeTrainer.MaxVocabularySize, Math.Ceiling(options.VocabularySize * pruning.Candidates));
            options = options with { VocabularySize = Math.Max(options.VocabularySize, (int)candidates) };
        }

        return (alphabet, BpeTrainer.Train(
            corpus, alphabet.MinCoefficient, alphabet.SymbolCount, options, memory, progress, cancellationToken));
    }

    // Zero always belongs to the alphabet: a decoder that has nothing better fills with it.
    private static IntegerAlphabet Alphabet(ICountedSequences corpus, double share)
    {
        int margin = (int)Math.Ceiling(share * ((long)corpus.MaxValue - corpus.MinValue));
        return new IntegerAlphabet(Math.Min(0, corpus.MinValue - margin), Math.Max(0, corpus.MaxValue + margin));
    }
}
