using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Training;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Decoding;

/// <summary>Tokenizers of every kind, and sequences drawn under the constraint.</summary>
internal static class Grammars
{
    private static readonly ConcurrentDictionary<string, Lazy<FastActionTokenizer>> _tokenizers = new();
    private static readonly ConditionalWeakTable<FastActionTokenizer, TokenCodec> _codecs = [];

    public static string[] Names =>
    [
        "integer", "unmerged integer", "trained integer", "trained byte-level", "byte-level by hand",
        "fast_plus", "calvin_s50", "libero_s10",
    ];

    public static FastActionTokenizer Tokenizer(string name) => _tokenizers.GetOrAdd(name, _ => new(() => Make(name))).Value;

    /// <summary>Draws uniformly among the allowed ids until the chunk is complete.</summary>
    public static int[] Draw(TokenConstraint constraint, Random random)
    {
        var logits = new float[constraint.Grammar.MinRowLength];
        var allowed = new int[logits.Length];
        var ids = new List<int>();
        constraint.Reset();
        while (!constraint.IsComplete)
        {
            Array.Clear(logits);
            constraint.ApplyTo(logits);
            int count = 0;
            for (int id = 0; id < logits.Length; id++)
            {
                allowed[count] = id;
                count += logits[id] == 0 ? 1 : 0;
            }

            Assert.True(count > 0, $"nothing may come after {ids.Count} tokens with {constraint.RemainingCoefficients} coefficients to come");
            int chosen = allowed[random.Next(count)];
            constraint.Accept(chosen);
            ids.Add(chosen);
        }

        return [.. ids];
    }

    /// <summary>Decodes a sequence that must be complete, finite, and of coefficients in the grammar's range.</summary>
    public static void AssertWhole(FastActionTokenizer tokenizer, TokenGrammar grammar, ReadOnlySpan<int> tokens)
    {
        var coefficients = new int[grammar.Shape.Count];
        var actions = new double[grammar.Shape.Count];
        TokenCodec codec = _codecs.GetValue(tokenizer, key => key.Definition.Alphabet.CreateCodec(key.Definition.Vocabulary));
        Assert.Equal(new DecodeResult(DecodeStatus.Complete, coefficients.Length, tokens.Length), codec.Decode(tokens, coefficients));
        Assert.InRange(coefficients.Min(), grammar.LowestCoefficient, grammar.HighestCoefficient);
        Assert.InRange(coefficients.Max(), grammar.LowestCoefficient, grammar.HighestCoefficient);
        Assert.True(tokenizer.TryDecode(tokens, grammar.Shape, actions).IsComplete);
        Assert.True(actions.All(double.IsFinite));
    }

    /// <summary>A tokenizer of a vocabulary, without statistics.</summary>
    public static FastActionTokenizer Of(CoefficientAlphabet alphabet, BpeVocabulary vocabulary) =>
        new(new FastTokenizerDefinition { Scale = 10, Alphabet = alphabet, Vocabulary = vocabulary });

    /// <summary>A map of a kind for so many tokens; null for none.</summary>
    public static ModelIdMap? Map(string kind, int size)
    {
        switch (kind)
        {
            case "PaliGemma": return new PaliGemmaIdMap(size, size + 200);
            case "first is the end": return new ContiguousIdMap(1, size);
            case "contiguous": return new ContiguousIdMap(12, size);
            case "table":
                int[] ids = [.. Enumerable.Range(5, size * 2).Where(id => id != 17)];
                new Random(8).Shuffle(ids);
                return new TableIdMap(ids.AsSpan(0, size), (size * 2) + 30);
            default: return null;
        }
    }

    /// <summary>A byte-level tokenizer without merges whose tokens are these bytes.</summary>
    public static FastActionTokenizer OfBytes(int minToken, params byte[][] tokens) =>
        Of(new ByteLevelAlphabet(minToken, splitsWords: false, Texts(tokens)), OfBytes(tokens));

    public static BpeVocabulary OfBytes(byte[][] tokens) => ByteLevelVocabulary.Create(Texts(tokens), []);

    /// <summary>A tokenizer of [20,3] with coefficients of two bytes, and what it was trained on.</summary>
    public static (FastActionTokenizer Tokenizer, Episode[] Episodes) Train(AlphabetKind alphabet)
    {
        var random = new Random(11);
        var shape = new ActionShape(60, 3);
        Episode Next(int i) => new($"{i}", SampleTokenizers.Motion(random, shape), shape.Dimensions);
        Episode[] episodes = [.. Enumerable.Range(0, Rounds.Of(20)).Select(Next)];
        var options = new TrainingOptions { Horizon = 20, Stride = 3, Scale = 40, Alphabet = alphabet, Vocabulary = new() { VocabularySize = 700 } };
        return (new ActionTokenizerTrainer(options).TrainAsync(new EpisodeList(episodes)).GetAwaiter().GetResult().Tokenizer, episodes);
    }

    private static string[] Texts(byte[][] tokens) =>
        [.. tokens.Select(token => string.Concat(token.Select(value => ByteLevelVocabulary.Character(value))))];

    private static FastActionTokenizer Make(string name) => name switch
    {
        "integer" => SampleTokenizers.Tokenizer(),
        "unmerged integer" => SampleTokenizers.Tokenizer(min: -3, max: 9, merges: 0),
        "trained integer" => OfAnyShape(Train(AlphabetKind.Integer).Tokenizer),
        "trained byte-level" => OfAnyShape(Train(AlphabetKind.ByteLevel).Tokenizer),
        "byte-level by hand" => ByteLevelByHand(),
        _ => FastActionTokenizer.Load(TestData.Locate("tokenizers", name)),
    };

    // All bytes, characters of one to four bytes and pairs of them, and tokens that end and begin within a character.
    private static FastActionTokenizer ByteLevelByHand()
    {
        byte[][] tokens =
        [
            .. Enumerable.Range(0, 256).Select(value => new[] { (byte)value }),
            .. Enumerable.Range(0x80, 0x80).Select(character => Encoding.UTF8.GetBytes([(char)character])),
            .. "abcdefgh".SelectMany(_ => "abcdefgh", (first, second) => Encoding.UTF8.GetBytes([first, second])),
            [.. "\u20AC"u8], [.. "\U0001F600"u8], [.. "\u00E9\u20ACa"u8],
            [0xF0, 0x9F], [0x9F, 0x98], [0x98, 0x80, 0xE2], [0xA9, 0x61], [0xC3, 0xA9, 0xC3],
        ];
        return OfBytes(-90, tokens);
    }

    // Statistics are of three dimensions; without them the vocabulary serves every shape.
    private static FastActionTokenizer OfAnyShape(FastActionTokenizer tokenizer) =>
        new(tokenizer.Definition with { Normalizer = null, Metadata = new() });
}
