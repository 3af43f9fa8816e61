using System.Runtime.InteropServices;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Training;

/// <summary>Trains a byte-level vocabulary as <c>fit</c> of the published processor does.</summary>
/// <remarks>
/// Its rules: <c>min_token</c> is the smallest coefficient; the alphabet is the characters 0 to the range of the coefficients, which the
/// byte-level form can mostly not emit, and those that stand for the bytes seen, in order of code point; words are cut by the GPT-2
/// expression. The different words are held in memory, whatever the limit of the training: they are few beside the sequences.
/// </remarks>
internal static class ByteLevelTrainer
{
    private const int FirstSurrogate = 0xD800;

    public static (CoefficientAlphabet Alphabet, BpeVocabulary Vocabulary) Train(
        ICountedSequences corpus,
        BpeTrainerOptions options,
        TrainingMemory memory,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        int minToken = corpus.MinValue;
        if (corpus.MaxValue - minToken >= FirstSurrogate)
        {
            throw new ArgumentException(
                $"coefficients from {minToken} to {corpus.MaxValue} reach characters that are none: "
                + "lower the scale, or clip outliers in the normalization",
                nameof(corpus));
        }

        SequenceCorpus words = Words(corpus, minToken, cancellationToken);
        char[] characters = Alphabet(words, corpus.MaxValue - minToken);
        SequenceCorpus symbols = Renumber(words, characters);

        BpeVocabulary trained = BpeTrainer.Train(symbols, 0, characters.Length, options, memory, progress, cancellationToken);
        var texts = new List<string>(characters.Select(character => character.ToString()));
        foreach (BpeMerge merge in trained.Merges) texts.Add(texts[merge.Left] + texts[merge.Right]);
        return (new ByteLevelAlphabet(minToken, splitsWords: true, texts), ByteLevelVocabulary.Create(texts, trained.Merges));
    }

    private static SequenceCorpus Words(ICountedSequences corpus, int minToken, CancellationToken cancellationToken)
    {
        var words = new SequenceCorpus();
        var codePoints = new List<int>();
        Span<int> character = stackalloc int[4];
        var bytes = new List<int>();
        using ICountedSequenceReader sequences = corpus.Read();
        for (int read = 0; sequences.Next(); read++)
        {
            if (read % 1024 == 0) cancellationToken.ThrowIfCancellationRequested();
            codePoints.Clear();
            foreach (short value in sequences.Head) codePoints.Add(value - minToken);
            codePoints.AddRange(Enumerable.Repeat(-minToken, sequences.Length - sequences.Head.Length));
            ReadOnlySpan<int> text = CollectionsMarshal.AsSpan(codePoints);
            for (int start = 0, end; start < text.Length; start = end)
            {
                end = WordSplitter.WordEnd(text, start);
                bytes.Clear();
                foreach (int codePoint in text[start..end]) bytes.AddRange(character[..Utf8Sequence.Write(codePoint, character)]);
                words.Add(CollectionsMarshal.AsSpan(bytes), sequences.Count);
            }
        }

        return words;
    }

    private static char[] Alphabet(SequenceCorpus words, int range)
    {
        var characters = new SortedSet<char>();
        for (int value = 0; value <= range; value++) characters.Add((char)value);
        short[] values = [];
        for (int word = 0; word < words.DistinctCount; word++)
        {
            foreach (short value in Values(words, word, ref values)) characters.Add(ByteLevelVocabulary.Character(value));
        }

        return [.. characters];
    }

    // A symbol is the place of its character in the alphabet, because ties between pairs are broken by id.
    private static SequenceCorpus Renumber(SequenceCorpus words, char[] characters)
    {
        var symbols = new SequenceCorpus();
        var renumbered = new List<int>();
        short[] values = [];
        for (int word = 0; word < words.DistinctCount; word++)
        {
            renumbered.Clear();
            foreach (short value in Values(words, word, ref values))
                renumbered.Add(Array.BinarySearch(characters, ByteLevelVocabulary.Character(value)));
            symbols.Add(CollectionsMarshal.AsSpan(renumbered), words.GetCount(word));
        }

        return symbols;
    }

    private static ReadOnlySpan<short> Values(SequenceCorpus corpus, int index, ref short[] values)
    {
        int length = corpus.GetLength(index);
        if (values.Length < length) values = new short[length];
        corpus.CopyValues(index, values);
        return values.AsSpan(0, length);
    }
}
