using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Training;

/// <summary>Trains a BPE vocabulary: merges the most frequent pair of neighbours, again and again.</summary>
/// <remarks>
/// A pair's frequency is the number of places where it stands, overlapping ones included, weighted by how often the sequence occurred;
/// ties go to the smaller pair of ids. That is the rule of <c>BpeTrainer</c> in huggingface/tokenizers. The result depends on the corpus
/// and the options alone.
/// </remarks>
public static class BpeTrainer
{
    /// <summary>The largest vocabulary, in token ids.</summary>
    public const int MaxVocabularySize = 65_535;

    /// <summary>Trains a vocabulary over the symbols <c>value - smallestValue</c>.</summary>
    /// <param name="corpus">Sequences of values.</param>
    /// <param name="smallestValue">The value that is symbol 0.</param>
    /// <param name="symbolCount">Number of symbols; they get the first ids.</param>
    /// <param name="options">Size and limits.</param>
    /// <param name="progress">Told of each hundredth of the merges; may be null.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    /// <returns>The vocabulary.</returns>
    /// <exception cref="ArgumentException">
    /// An option is out of range, the corpus is empty, or a value is outside the alphabet.
    /// </exception>
    /// <exception cref="VocabularyTooSmallException">The vocabulary is smaller than the alphabet.</exception>
    /// <exception cref="IOException">The training takes more than half of the memory, and a temporary file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The training was stopped.</exception>
    public static BpeVocabulary Train(
        SequenceCorpus corpus,
        int smallestValue,
        int symbolCount,
        BpeTrainerOptions options,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(symbolCount, 1);
        return Train((ICountedSequences)corpus, smallestValue, symbolCount, options, TrainingMemory.Default, progress, cancellationToken);
    }

    /// <inheritdoc cref="Train(SequenceCorpus, int, int, BpeTrainerOptions, IProgress{TrainingProgress}, CancellationToken)"/>
    internal static BpeVocabulary Train(
        ICountedSequences corpus,
        int smallestValue,
        int symbolCount,
        BpeTrainerOptions options,
        TrainingMemory memory,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        Check(corpus, smallestValue, symbolCount, options);

        var merges = new MergesInTraining(symbolCount, options.VocabularySize, progress);
        var symbols = new SymbolSequences(corpus, smallestValue);
        PairCounts? state = ExternalBpeTrainer.Train(symbols, merges, options, memory, cancellationToken);
        while (!merges.IsComplete && state?.TryTakeMostFrequent(options.MinFrequency, out int left, out int right) == true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            state.Merge(left, right, merges.NextToken, cancellationToken);
            merges.Add(left, right);
        }

        return merges.ToVocabulary();
    }

    /// <summary>Refuses a vocabulary that is smaller than its alphabet.</summary>
    /// <exception cref="VocabularyTooSmallException">It is.</exception>
    internal static void CheckSize(BpeTrainerOptions options, int symbolCount)
    {
        if (options.VocabularySize < symbolCount)
        {
            throw new VocabularyTooSmallException(
                $"a vocabulary of {options.VocabularySize} tokens is smaller than the alphabet of {symbolCount} coefficients: "
                + $"ask for more than {symbolCount}, lower the scale, or clip outliers in the normalization",
                nameof(options));
        }
    }

    private static void Check(ICountedSequences corpus, int smallestValue, int symbolCount, BpeTrainerOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MinFrequency, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxTokenLength, 1);
        if (options.VocabularySize > MaxVocabularySize)
        {
            throw new ArgumentException(
                $"a vocabulary of {options.VocabularySize} tokens is too large, at most {MaxVocabularySize} are possible", nameof(options));
        }

        CheckSize(options, symbolCount);
        if (corpus.DistinctCount == 0) throw new ArgumentException("the corpus is empty", nameof(corpus));
        if (corpus.ValueCount > 0 && (corpus.MinValue < smallestValue || corpus.MaxValue - (long)smallestValue >= symbolCount))
        {
            throw new ArgumentException(
                $"the corpus has values from {corpus.MinValue} to {corpus.MaxValue}, "
                + $"the alphabet reaches from {smallestValue} to {smallestValue + (long)symbolCount - 1}",
                nameof(corpus));
        }
    }
}
