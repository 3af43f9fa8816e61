using Fast.Tokenizer.Tests.Vocabulary;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Training.Tests;

/// <summary>The published trainer's rules, against themselves written with strings.</summary>
public sealed class ByteLevelTrainerTests
{
    [Fact]
    public void Random_corpora_give_what_the_rules_give_with_strings()
    {
        int merged = 0, multibyte = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var corpus = new List<(int[] Values, int Count)>();
            int smallest = random.Next(-300, 300), range = random.Next(1, random.Next(2) == 0 ? 12 : 420);
            for (int i = random.Next(1, 12); i > 0; i--) corpus.Add((Row(random, smallest, range), random.Next(1, 4)));
            var options = new BpeTrainerOptions
            {
                VocabularySize = range + 70 + random.Next(60),
                MinFrequency = random.Next(1, 4),
                MaxTokenLength = random.Next(3) == 0 ? random.Next(1, 6) : 10_000,
            };
            (string[] texts, List<BpeMerge> merges) = Naive(corpus, options);

            (CoefficientAlphabet alphabet, BpeVocabulary vocabulary) = Train(corpus, options);

            Assert.Equal(texts, Assert.IsType<ByteLevelAlphabet>(alphabet).TokenTexts);
            Assert.Equal(merges, vocabulary.Merges.ToArray());
            Assert.Equal(corpus.Min(entry => entry.Values.Min()), alphabet.MinCoefficient);
            merged += merges.Count;
            multibyte += vocabulary.Merges.ToArray().Count(merge => vocabulary.GetSymbols(merge.Token).ContainsAnyInRange(0xC2, 0xF4));
        }

        Assert.True(merged > 1500 && multibyte > 250, $"{merged} merges, {multibyte} of them with characters of several bytes");
    }

    [Fact]
    public void The_alphabet_holds_every_character_of_the_range_and_those_of_the_bytes_seen()
    {
        // The text is U+0000 and U+0040: the alphabet is those and all between, and 'Ā', which stands for the byte 0.
        (CoefficientAlphabet alphabet, BpeVocabulary vocabulary) = Train([([-30, 34, -30, 34], 1)], new() { VocabularySize = 66 });

        string[] expected = [.. Enumerable.Range(0, 65).Select(value => ((char)value).ToString()), "Ā"];
        Assert.Equal(expected, ((ByteLevelAlphabet)alphabet).TokenTexts);
        Assert.Equal('@', vocabulary.SymbolTokens['@']);
        Assert.Equal(65, vocabulary.SymbolTokens[0]);

        // U+0000 to U+0020 are in the vocabulary, and no text gives them.
        for (int dead = 0; dead <= ' '; dead++) Assert.False(vocabulary.SymbolTokens.Contains(dead));
    }

    [Fact]
    public void Dead_tokens_decode_as_the_engine_decodes_them()
    {
        (CoefficientAlphabet alphabet, BpeVocabulary vocabulary) = Train([([-30, 34, -30, 34], 1)], new() { VocabularySize = 66 });
        var coefficients = new int[3];

        DecodeResult result = alphabet.CreateCodec(vocabulary).Decode([5, 65, '@'], coefficients);

        Assert.True(result.IsComplete);
        Assert.Equal([5 - 30, -30, 34], coefficients);
    }

    [Fact]
    public void The_order_of_sequences_does_not_matter()
    {
        var random = new Random(3);
        List<(int[] Values, int Count)> corpus = [.. Enumerable.Range(0, 30).Select(_ => (Row(random, -50, 120), random.Next(1, 4)))];
        var options = new BpeTrainerOptions { VocabularySize = 300 };
        BpeMerge[] merges = Train(corpus, options).Vocabulary.Merges.ToArray();
        Assert.True(merges.Length > 50);

        corpus.Reverse();
        Assert.Equal(merges, Train(corpus, options).Vocabulary.Merges.ToArray());
        corpus = [.. corpus.SelectMany(entry => Enumerable.Repeat((entry.Values, 1), entry.Count))];
        Assert.Equal(merges, Train(corpus, options).Vocabulary.Merges.ToArray());
    }

    [Fact]
    public void A_range_that_reaches_the_surrogates_is_refused()
    {
        var options = new BpeTrainerOptions { VocabularySize = 60_000 };

        var problem = Assert.Throws<ArgumentException>(() => Train([([short.MinValue, short.MinValue + 0xD800], 1)], options));
        Assert.Contains("coefficients from -32768 to 22528", problem.Message, StringComparison.Ordinal);
        Assert.Contains("lower the scale", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vocabulary_smaller_than_the_alphabet_is_refused()
    {
        var problem = Assert.Throws<VocabularyTooSmallException>(() => Train([([0, 200], 1)], new() { VocabularySize = 150 }));
        Assert.Contains("smaller than the alphabet of 2", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_corpus_is_refused() => Assert.Throws<ArgumentException>(() => Train([], new() { VocabularySize = 150 }));

    [Fact]
    public void Training_stops_when_told()
    {
        var corpus = new SequenceCorpus();
        corpus.Add([1, 2, 1, 2]);

        Assert.Throws<OperationCanceledException>(() =>
            ByteLevelTrainer.Train(corpus, new(), TrainingMemory.Default, null, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task A_recording_trains_saves_loads_and_gives_the_same_ids()
    {
        Npz arrays = Npz.Open(TestData.Locate("actions", "robosuite_panda.npz"));
        Episode[] episodes = [.. arrays.Names.Select(name => new Episode(name, arrays[name].Values, arrays[name].Shape[1]))];
        var trainer = new ActionTokenizerTrainer(new() { Horizon = 20, Alphabet = AlphabetKind.ByteLevel });
        TrainingResult result = await trainer.TrainAsync(new EpisodeList(episodes, "panda"), null, TestContext.Current.CancellationToken);
        FastActionTokenizer trained = result.Tokenizer;
        string folder = Directory.CreateTempSubdirectory("fast-tokenizer-").FullName;
        try
        {
            trained.Save(folder);
            FastActionTokenizer loaded = FastActionTokenizer.Load(folder);

            Assert.Equal(1024, loaded.VocabularySize);
            Assert.Equal(trained.Definition.Alphabet.MinCoefficient, Assert.IsType<ByteLevelAlphabet>(loaded.Definition.Alphabet).MinToken);
            var shape = new ActionShape(20, episodes[0].Dimensions);
            int tokens = 0, chunks = 0;
            double[] first = new double[shape.Count], second = new double[shape.Count];
            foreach (Episode episode in episodes)
            {
                for (int start = 0; start + 20 <= episode.Steps; start += 20)
                {
                    ReadOnlySpan<double> chunk = episode.Actions.Span.Slice(start * shape.Dimensions, shape.Count);
                    int[] ids = trained.Encode(chunk, shape);
                    Assert.Equal(ids, loaded.Encode(chunk, shape));
                    Assert.True(trained.TryDecode(ids, shape, first).IsComplete);
                    Assert.True(loaded.TryDecode(ids, shape, second).IsComplete);
                    Assert.Equal(first, second);
                    tokens += ids.Length;
                    chunks++;
                }
            }

            // Without merges each chunk has 140 tokens at least.
            Assert.InRange(tokens / (double)chunks, 5, 70);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Much of the range is near the smallest coefficient, where the text has controls, blanks, signs and digits.
    private static int[] Row(Random random, int smallest, int range)
    {
        int Value() => smallest + random.Next(1 + (random.Next(3) == 0 ? range : Math.Min(range, random.Next(1, 60))));
        int[] values = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => Value())];
        for (int i = 2; i < values.Length; i++)
        {
            if (random.Next(3) > 0) (values[i - 1], values[i]) = (values[random.Next(i - 1)], values[random.Next(i)]);
        }

        return values;
    }

    private static (CoefficientAlphabet Alphabet, BpeVocabulary Vocabulary) Train(
        List<(int[] Values, int Count)> sequences, BpeTrainerOptions options)
    {
        var corpus = new SequenceCorpus();
        foreach ((int[] values, int count) in sequences) corpus.Add(values, count);
        return ByteLevelTrainer.Train(corpus, options, TrainingMemory.Default, null, CancellationToken.None);
    }

    private static (string[] Texts, List<BpeMerge> Merges) Naive(List<(int[] Values, int Count)> sequences, BpeTrainerOptions options)
    {
        int min = sequences.Min(sequence => sequence.Values.Min()), max = sequences.Max(sequence => sequence.Values.Max());
        var words = new List<(string Word, int Count)>();
        foreach ((int[] values, int count) in sequences)
        {
            string text = string.Concat(values.Select(value => (char)(value - min)));
            words.AddRange(NaiveByteLevel.Words(text).Select(word => (NaiveByteLevel.Spell(word), count)));
        }

        IEnumerable<char> range = Enumerable.Range(0, max - min + 1).Select(value => (char)value);
        List<char> alphabet = [.. range.Concat(words.SelectMany(word => word.Word)).Distinct().Order()];
        List<(List<int> Tokens, long Weight)> symbols =
            [.. words.Select(word => (word.Word.Select(character => alphabet.IndexOf(character)).ToList(), (long)word.Count))];
        List<BpeMerge> merges = NaiveBpeTrainer.Train(symbols, alphabet.Count, options);
        List<string> texts = [.. alphabet.Select(character => character.ToString())];
        foreach (BpeMerge merge in merges) texts.Add(texts[merge.Left] + texts[merge.Right]);
        return ([.. texts], merges);
    }
}
