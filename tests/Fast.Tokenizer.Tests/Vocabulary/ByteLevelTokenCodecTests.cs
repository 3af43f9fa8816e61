using System.Buffers;
using System.Text;
using Fast.Tokenizer.Tests.Interop;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Vocabulary;

public sealed class ByteLevelTokenCodecTests
{
    private const int MinToken = -40;

    // Tokens 0 to 255 are the bytes; the others are "aa", two that end within a character, a whole character, and one no text gives.
    private static readonly string[] _texts = [.. Bytes(Enumerable.Range(0, 256)), "aa", "âĤ", "âĤ¬", "aâ", "\u0001a"];
    private static readonly BpeMerge[] _merges = [new('a', 'a', 256), new(0xE2, 0x82, 257), new(257, 0xAC, 258), new('a', 0xE2, 259)];
    private static readonly ByteLevelTokenCodec _codec = Codec(_texts, _merges);

    public static TheoryData<string> Published => ["fast_plus", "calvin_s50", "libero_s10"];

    [Fact]
    public void Characters_are_merged_byte_by_byte_and_never_across_words()
    {
        var tokens = new int[20];

        // "aa a€€a": the words are "aa", " a", "€€", "a".
        Assert.Equal(new EncodeResult(6, 0), _codec.Encode(Coefficients('a', 'a', ' ', 'a', 0x20AC, 0x20AC, 'a'), tokens));
        Assert.Equal([256, ' ', 'a', 258, 258, 'a'], tokens[..6]);
    }

    [Fact]
    public void Nothing_encodes_to_nothing() => Assert.Equal(new EncodeResult(0, 0), _codec.Encode([], []));

    [Theory]
    [MemberData(nameof(Published))]
    public void Random_rows_give_the_ids_of_the_parts_one_by_one(string name)
    {
        FastTokenizerDefinition definition = Load(name);
        TokenCodec codec = definition.Alphabet.CreateCodec(definition.Vocabulary);
        var naive = new NaiveByteLevel(((ByteLevelAlphabet)definition.Alphabet).TokenTexts, definition.Vocabulary.Merges);
        int min = definition.Alphabet.MinCoefficient;
        var tokens = new int[320];
        for (int seed = 0; seed < Rounds.Of(1500); seed++)
        {
            int[] row = CoefficientRows.Next(new Random(seed), -min, astral: false);
            EncodeResult result = codec.Encode([.. row.Select(value => value + min)], tokens);
            Assert.Equal(naive.Encode(string.Concat(row.Select(value => (char)value))), tokens[..result.Count]);
        }
    }

    [Theory]
    [MemberData(nameof(Published))]
    public void What_can_be_expressed_comes_back(string name)
    {
        FastTokenizerDefinition definition = Load(name);
        TokenCodec codec = definition.Alphabet.CreateCodec(definition.Vocabulary);
        int min = definition.Alphabet.MinCoefficient, complete = 0;
        var tokens = new int[320];
        for (int seed = 0; seed < Rounds.Of(5000); seed++)
        {
            int[] coefficients = CoefficientRows.Coefficients(seed, min), back = new int[coefficients.Length];
            EncodeResult encoded = codec.Encode(coefficients, tokens);
            if (encoded.Clipped > 0) continue;

            complete++;
            DecodeResult decoded = codec.Decode(tokens.AsSpan(0, encoded.Count), back);
            Assert.Equal(new DecodeResult(DecodeStatus.Complete, coefficients.Length, encoded.Count), decoded);
            Assert.Equal(coefficients, back);
        }

        Assert.True(complete > Rounds.Of(500));
    }

    [Theory]
    [InlineData(new[] { 258, 'a' }, 2, DecodeStatus.Complete, 2, 2)]
    [InlineData(new[] { 257, 0xAC, 'a' }, 2, DecodeStatus.Complete, 2, 3)]
    [InlineData(new[] { 0xE2, 0x82, 0xAC }, 1, DecodeStatus.Complete, 1, 3)]
    [InlineData(new[] { 259, 0x82, 0xAC }, 2, DecodeStatus.Complete, 2, 3)]
    [InlineData(new[] { 260 }, 2, DecodeStatus.Complete, 2, 1)]
    [InlineData(new int[0], 0, DecodeStatus.Complete, 0, 0)]
    [InlineData(new int[0], 3, DecodeStatus.Short, 0, 0)]
    [InlineData(new[] { 256, 258 }, 4, DecodeStatus.Short, 3, 2)]
    [InlineData(new[] { 256, 258, 256 }, 4, DecodeStatus.Long, 5, 2)]
    [InlineData(new[] { 256, 257, 0xAC, 'a' }, 2, DecodeStatus.Long, 4, 2)]
    [InlineData(new[] { 256 }, 0, DecodeStatus.Long, 2, 0)]
    [InlineData(new[] { 256, -1 }, 2, DecodeStatus.InvalidToken, 2, 1)]
    [InlineData(new[] { 256, 261, 0x80 }, 9, DecodeStatus.InvalidToken, 2, 1)]
    [InlineData(new[] { 256, 256, int.MaxValue }, 1, DecodeStatus.InvalidToken, 4, 2)]
    [InlineData(new[] { 257, int.MinValue }, 9, DecodeStatus.InvalidToken, 0, 1)]
    [InlineData(new[] { 'a', 0x80 }, 9, DecodeStatus.IllFormedBytes, 1, 1)]
    [InlineData(new[] { 'a', 257, 'a', 'b' }, 9, DecodeStatus.IllFormedBytes, 1, 2)]
    [InlineData(new[] { 257, 258 }, 9, DecodeStatus.IllFormedBytes, 0, 1)]
    [InlineData(new[] { 256, 0xE2, 0x82 }, 9, DecodeStatus.IllFormedBytes, 2, 1)]
    [InlineData(new[] { 256, 259, 0x82 }, 3, DecodeStatus.IllFormedBytes, 3, 1)]
    [InlineData(new[] { 256, 256, 257 }, 2, DecodeStatus.IllFormedBytes, 4, 2)]
    [InlineData(new[] { 0xC0, 0x80 }, 9, DecodeStatus.IllFormedBytes, 0, 0)]
    [InlineData(new[] { 0xED, 0xA0, 0x80 }, 9, DecodeStatus.IllFormedBytes, 0, 1)]
    [InlineData(new[] { 0xF4, 0x90, 0x80, 0x80 }, 9, DecodeStatus.IllFormedBytes, 0, 1)]
    public void A_decode_says_what_it_found_and_where(int[] tokens, int length, DecodeStatus status, int coefficients, int position) =>
        Assert.Equal(new DecodeResult(status, coefficients, position), _codec.Decode(tokens, new int[length]));

    [Theory]
    [MemberData(nameof(Published))]
    public void Any_ids_decode_or_are_named(string name)
    {
        FastTokenizerDefinition definition = Load(name);
        CheckAnyIds(definition.Alphabet.CreateCodec(definition.Vocabulary), definition.Vocabulary, definition.Alphabet.MinCoefficient);
    }

    [Fact]
    public void Any_ids_of_bytes_and_parts_of_characters_decode_or_are_named() =>
        CheckAnyIds(_codec, ByteLevelVocabulary.Create(_texts, _merges), MinToken);

    [Fact]
    public void A_coefficient_below_the_smallest_becomes_it_and_is_counted()
    {
        var tokens = new int[9];

        Assert.Equal(new EncodeResult(3, 2), _codec.Encode([MinToken - 1, MinToken, int.MinValue], tokens));
        Assert.Equal([0, 0, 0], tokens[..3]);
        Assert.Equal(new EncodeResult(3, 2), _codec.Encode([MinToken - 1, MinToken, int.MinValue], tokens, OutOfRangePolicy.Clamp));
        Assert.Equal([0, 0, 0], tokens[..3]);
        var problem = Assert.Throws<ArgumentException>(() => _codec.Encode([3, MinToken - 1], tokens, OutOfRangePolicy.Refuse));
        Assert.StartsWith("coefficient -41 at index 1 would be character -1,", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0xD800, "U+D800")]
    [InlineData(0xDFFF, "U+DFFF")]
    [InlineData(0x110000, "U+110000")]
    [InlineData(int.MaxValue + MinToken, "U+7FFFFFD7")]
    public void A_coefficient_that_is_no_character_is_refused_unless_it_may_be_clamped(int character, string named)
    {
        var tokens = new int[9];
        foreach (OutOfRangePolicy policy in (OutOfRangePolicy[])[OutOfRangePolicy.Published, OutOfRangePolicy.Refuse])
        {
            var problem = Assert.Throws<ArgumentException>(() => _codec.Encode([0, 1, character + MinToken], tokens, policy));
            string start = $"coefficient {character + MinToken} at index 2 would be character {named},";
            Assert.StartsWith(start, problem.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Clamping_takes_the_nearest_character_around_the_surrogates_and_at_the_end()
    {
        int[] wanted = [0xD7FF, 0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xE000, 0x10FFFF, 0x110000, 0x7000_0000, -1];
        int[] nearest = [0xD7FF, 0xD7FF, 0xD7FF, 0xE000, 0xE000, 0xE000, 0x10FFFF, 0x10FFFF, 0x10FFFF, 0];
        int[] tokens = new int[40], back = new int[wanted.Length];

        EncodeResult encoded = _codec.Encode(Coefficients(wanted), tokens, OutOfRangePolicy.Clamp);

        Assert.Equal(7, encoded.Clipped);
        Assert.Equal(DecodeStatus.Complete, _codec.Decode(tokens.AsSpan(0, encoded.Count), back).Status);
        Assert.Equal(Coefficients(nearest), back);
    }

    [Fact]
    public void Where_bytes_lack_clamping_takes_the_nearest_character_that_has_them_all() => CheckClamping(Load("libero_s10"));

    [Fact]
    public void Random_alphabets_with_gaps_clamp_to_the_nearest_character_that_has_all_its_bytes()
    {
        for (int seed = 0; seed < Rounds.Of(5); seed++)
        {
            var random = new Random(seed);
            double share = random.NextDouble();
            string[] texts = [.. Bytes(Enumerable.Range(0, 256).Where(_ => random.NextDouble() < share).Append('a').Distinct())];
            CheckClamping(new FastTokenizerDefinition
            {
                Scale = 10,
                Alphabet = new ByteLevelAlphabet(random.Next(-500, 500), splitsWords: true, texts),
                Vocabulary = ByteLevelVocabulary.Create(texts, []),
            });
        }
    }

    [Fact]
    public void Where_bytes_lack_the_published_way_drops_them_and_counts()
    {
        FastTokenizerDefinition definition = Load("libero_s10");
        TokenCodec codec = definition.Alphabet.CreateCodec(definition.Vocabulary);
        int min = definition.Alphabet.MinCoefficient;
        var tokens = new int[20];

        // U+00FF is C3 BF and U+0093 is C2 93: neither C3, BF nor 93 has a token.
        EncodeResult result = codec.Encode([min + 'a', min + 0xFF, min + 0x93, min + 'b'], tokens);

        Assert.Equal(2, result.Clipped);
        Assert.Equal(['a', 0xC2, 'b'], Vocabularies.Decode(definition.Vocabulary, tokens.AsSpan(0, result.Count)));
        Assert.Throws<ArgumentException>(() => codec.Encode([min + 0xFF], tokens, OutOfRangePolicy.Refuse));
    }

    [Fact]
    public void A_vocabulary_without_any_whole_character_cannot_clamp_and_says_so()
    {
        ByteLevelTokenCodec codec = Codec([NaiveByteLevel.Character(0xE2).ToString()], []);

        var problem = Assert.Throws<InvalidOperationException>(() => codec.Encode([0], new int[4], OutOfRangePolicy.Clamp));
        Assert.Contains("no token for any character", problem.Message, StringComparison.Ordinal);
        Assert.Equal(new EncodeResult(0, 1), codec.Encode([0], new int[4]));
    }

    [Theory]
    [MemberData(nameof(Published))]
    public void A_buffer_of_the_exact_size_is_enough_and_one_less_throws_and_is_left_alone(string name)
    {
        FastTokenizerDefinition definition = Load(name);
        TokenCodec codec = definition.Alphabet.CreateCodec(definition.Vocabulary);
        var tokens = new int[320];
        for (int seed = 0; seed < Rounds.Of(1000); seed++)
        {
            int[] coefficients = CoefficientRows.Coefficients(seed, definition.Alphabet.MinCoefficient);
            EncodeResult expected = codec.Encode(coefficients, tokens);

            int[] exact = new int[expected.Count];
            Assert.Equal(expected, codec.Encode(coefficients, exact));
            Assert.Equal(tokens[..expected.Count], exact);
            if (expected.Count == 0) continue;

            int[] small = [.. Enumerable.Repeat(-5, expected.Count - 1)];
            var problem = Assert.Throws<ArgumentException>("tokens", () => codec.Encode(coefficients, small));
            Assert.Contains($"{expected.Count} tokens, the span holds {expected.Count - 1}", problem.Message, StringComparison.Ordinal);
            Assert.All(small, token => Assert.Equal(-5, token));
        }
    }

    [Fact]
    public void Threads_share_a_codec()
    {
        Rounds.SkipIfFew();
        FastTokenizerDefinition definition = Load("libero_s10");
        TokenCodec codec = definition.Alphabet.CreateCodec(definition.Vocabulary);
        int min = definition.Alphabet.MinCoefficient;
        int[][] rows = [.. Enumerable.Range(0, 400).Select(seed => CoefficientRows.Coefficients(seed, min))];
        TokenCodec alone = definition.Alphabet.CreateCodec(definition.Vocabulary);
        int[][] expected = [.. rows.Select(row => EncodeClamped(alone, row))];

        Parallel.For(0, 4000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            int[] row = rows[i % rows.Length], ids = EncodeClamped(codec, row), back = new int[row.Length];
            Assert.Equal(expected[i % rows.Length], ids);
            Assert.Equal(new DecodeResult(DecodeStatus.Complete, row.Length, ids.Length), codec.Decode(ids, back));
        });
    }

    [Fact]
    public void A_vocabulary_over_another_alphabet_is_refused()
    {
        var alphabet = new ByteLevelAlphabet(0, true, []);
        var problem = Assert.Throws<ArgumentException>("vocabulary", () => new ByteLevelTokenCodec(alphabet, new BpeVocabulary(4, [])));

        Assert.StartsWith("the vocabulary is over 4 symbols, a byte-level alphabet has 256", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData((1 << 30) + 1)]
    [InlineData(int.MinValue)]
    public void A_min_token_that_would_overflow_is_refused(int value) =>
        Assert.Throws<ArgumentOutOfRangeException>("minToken", () => new ByteLevelAlphabet(value, true, []));

    private static void CheckAnyIds(TokenCodec codec, BpeVocabulary vocabulary, int minToken)
    {
        var seen = new Dictionary<DecodeStatus, int>();
        for (int seed = 0; seed < Rounds.Of(5000); seed++)
        {
            var random = new Random(seed);
            int most = random.Next(2) == 0 ? vocabulary.Count : Math.Min(vocabulary.Count, 256);
            int Token() => random.Next(40) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(most);
            int[] tokens = [.. Enumerable.Range(0, random.Next(12)).Select(_ => Token())];
            int[] buffer = [.. Enumerable.Repeat(int.MinValue, random.Next(20))];
            (DecodeResult expected, int[] values) = Reference(tokens, vocabulary, minToken, buffer.Length);

            DecodeResult result = codec.Decode(tokens, buffer);

            Assert.Equal(expected, result);
            int written = Math.Min(values.Length, buffer.Length);
            Assert.Equal(values[..written], buffer[..written]);
            Assert.False(buffer.AsSpan(written).ContainsAnyExcept(int.MinValue));
            seen[result.Status] = seen.GetValueOrDefault(result.Status) + 1;
        }

        Assert.True(seen.Values.Count(count => count > Rounds.Of(20)) >= 4, string.Join(", ", seen));
    }

    private static (DecodeResult Result, int[] Values) Reference(int[] tokens, BpeVocabulary vocabulary, int minToken, int wanted)
    {
        int invalid = Array.FindIndex(tokens, token => (uint)token >= (uint)vocabulary.Count);
        var bytes = new List<byte>();
        var owners = new List<int>();
        for (int i = 0; i < (invalid < 0 ? tokens.Length : invalid); i++)
        {
            foreach (int value in vocabulary.GetSymbols(tokens[i]))
            {
                bytes.Add((byte)value);
                owners.Add(i);
            }
        }

        (OperationStatus status, int stop) = Utf8SequenceTests.Strict([.. bytes]);
        int whole = 0, firstTooLong = -1;
        var values = new List<int>();
        while (Rune.DecodeFromUtf8(bytes.Skip(whole).Take(4).ToArray(), out Rune rune, out int length) == OperationStatus.Done)
        {
            values.Add(rune.Value + minToken);
            whole += length;
            if (values.Count == wanted + 1) firstTooLong = owners[whole - 1];
        }

        DecodeResult result =
            status == OperationStatus.InvalidData ? new(DecodeStatus.IllFormedBytes, values.Count, owners[stop])
            : invalid >= 0 ? new(DecodeStatus.InvalidToken, values.Count, invalid)
            : status == OperationStatus.NeedMoreData ? new(DecodeStatus.IllFormedBytes, values.Count, owners[stop])
            : firstTooLong >= 0 ? new(DecodeStatus.Long, values.Count, firstTooLong)
            : new(values.Count == wanted ? DecodeStatus.Complete : DecodeStatus.Short, values.Count, tokens.Length);
        return (result, [.. values]);
    }

    private static void CheckClamping(FastTokenizerDefinition definition)
    {
        TokenCodec codec = definition.Alphabet.CreateCodec(definition.Vocabulary);
        int min = definition.Alphabet.MinCoefficient;
        var known = new List<byte>();
        for (int value = 0; value < 256; value++)
        {
            if (definition.Vocabulary.SymbolTokens[value] >= 0) known.Add((byte)value);
        }

        SearchValues<byte> bytes = SearchValues.Create([.. known]);
        Span<byte> form = stackalloc byte[4];
        var expressible = new List<int>();
        for (int value = 0; value <= 0x10FFFF; value++)
        {
            if (Rune.IsValid(value) && !form[..new Rune(value).EncodeToUtf8(form)].ContainsAnyExcept(bytes)) expressible.Add(value);
        }

        var random = new Random(1);
        for (int round = 0; round < 3; round++)
        {
            int Wanted() => random.Next(8) == 0 ? random.Next(-5, 1 << 30) : random.Next(1 << random.Next(4, 22));
            int[] wanted = [.. Enumerable.Range(0, 15).Select(_ => Wanted())];
            int[] nearest = [.. wanted.Select(value => Nearest(expressible, value))];
            int[] ids = EncodeClamped(codec, [.. wanted.Select(value => value + min)], out int clipped), back = new int[wanted.Length];

            Assert.Equal(wanted.Count(value => expressible.BinarySearch(value) < 0), clipped);
            Assert.Equal(new DecodeResult(DecodeStatus.Complete, wanted.Length, ids.Length), codec.Decode(ids, back));
            for (int i = 0; i < wanted.Length; i++)
                Assert.True(back[i] == nearest[i] + min, $"{wanted[i]:X} became {back[i] - min:X}, the nearest is {nearest[i]:X}");
        }
    }

    // Of two at the same distance the lower: that is one of the choices, and it must not change unseen.
    private static int Nearest(List<int> expressible, int wanted) => expressible.MinBy(value => Math.Abs((long)value - wanted));

    private static int[] EncodeClamped(TokenCodec codec, int[] coefficients) => EncodeClamped(codec, coefficients, out _);

    private static int[] EncodeClamped(TokenCodec codec, int[] coefficients, out int clipped)
    {
        var tokens = new int[coefficients.Length * 4];
        (int count, clipped) = codec.Encode(coefficients, tokens, OutOfRangePolicy.Clamp);
        return tokens[..count];
    }

    private static int[] Coefficients(params ReadOnlySpan<int> characters)
    {
        int[] coefficients = characters.ToArray();
        for (int i = 0; i < coefficients.Length; i++) coefficients[i] += MinToken;
        return coefficients;
    }

    private static IEnumerable<string> Bytes(IEnumerable<int> values) => values.Select(value => NaiveByteLevel.Character(value).ToString());

    private static ByteLevelTokenCodec Codec(string[] texts, BpeMerge[] merges) =>
        new(new ByteLevelAlphabet(MinToken, splitsWords: true, texts), ByteLevelVocabulary.Create(texts, merges));

    private static FastTokenizerDefinition Load(string name) => FastActionTokenizer.Load(TestData.Locate("tokenizers", name)).Definition;
}
