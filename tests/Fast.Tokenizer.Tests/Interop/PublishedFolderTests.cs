using System.Text;
using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Training;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Interop;

/// <summary>Folders that other programs wrote: what may stand in them, and what is refused.</summary>
public sealed class PublishedFolderTests
{
    private const string TokenizerName = "tokenizer.json";
    private const string ProcessorName = "processor_config.json";

    private const string Processor = """{"action_dim":null,"min_token":-97,"scale":10,"time_horizon":null,"vocab_size":5}""";

    private const string Tokenizer = """
        {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
        "pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true},
        "post_processor":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false,"use_regex":true},
        "decoder":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},
        "model":{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,"end_of_word_suffix":null,
        "fuse_unk":false,"byte_fallback":false,"ignore_merges":false,
        "vocab":{"a":0,"b":1,"c":2,"ab":3,"abc":4},"merges":["a b","ab c"]}}
        """;

    public static TheoryData<string> Published => ["fast_plus", "calvin_s50", "libero_s10"];

    [Theory]
    [InlineData("10", 10)]
    [InlineData("10.0", 10)]
    [InlineData("1e1", 10)]
    [InlineData("2.5E-1", 0.25)]
    [InlineData("33.333333333333336", 33.333333333333336)]
    public void The_scale_may_be_any_form_of_number(string scale, double expected) =>
        Assert.Equal(expected, Load(processor: Replace(Processor, "10", scale)).Scale);

    [Theory]
    [InlineData("0")]
    [InlineData("-0.0")]
    [InlineData("-10")]
    [InlineData("1e400")]
    [InlineData("1e-300")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("null")]
    [InlineData("\"10\"")]
    [InlineData("[10]")]
    [InlineData("true")]
    public void A_scale_that_is_no_positive_number_is_refused(string scale)
    {
        InvalidDataException problem = Refused(processor: Replace(Processor, "\"scale\":10", "\"scale\":" + scale));
        Assert.Contains(ProcessorName, problem.Message, StringComparison.Ordinal);
        Assert.Contains(scale is "NaN" or "Infinity" ? $"'{scale[0]}'" : "scale", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scale", "\"scale\":10,")]
    [InlineData("min_token", "\"min_token\":-97,")]
    [InlineData("vocab_size", ",\"vocab_size\":5")]
    public void A_value_that_is_missing_is_named(string name, string part) =>
        Assert.Contains($"'{name}'", Refused(processor: Replace(Processor, part, "")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(-97)]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(-1 << 30)]
    [InlineData(1 << 30)]
    public void Any_min_token_shifts_the_coefficients(int minToken)
    {
        FastTokenizerDefinition definition = Load(processor: Replace(Processor, "-97", $"{minToken}"));
        int[] coefficients = [.. "abca".Select(character => character + minToken)], tokens = new int[16], back = new int[4];
        TokenCodec codec = definition.Alphabet.CreateCodec(definition.Vocabulary);

        Assert.Equal(new EncodeResult(2, 0), codec.Encode(coefficients, tokens));
        Assert.Equal([4, 0], tokens[..2]);
        Assert.True(codec.Decode([4, 0], back).IsComplete);
        Assert.Equal(coefficients, back);
        Assert.Equal((minToken, minToken + 0x10FFFF), (definition.Alphabet.MinCoefficient, definition.Alphabet.MaxCoefficient));
    }

    [Theory]
    [InlineData("-97.5", "min_token")]
    [InlineData("1e12", "min_token")]
    [InlineData("3000000000", "min_token")]
    [InlineData("null", "min_token")]
    [InlineData("\"-97\"", "min_token")]
    [InlineData("1073741825", "minToken")]
    [InlineData("-2147483648", "minToken")]
    public void A_min_token_that_is_no_small_whole_number_is_refused(string minToken, string named)
    {
        InvalidDataException problem = Refused(processor: Replace(Processor, "-97", minToken));
        Assert.Contains(ProcessorName, problem.Message, StringComparison.Ordinal);
        Assert.Contains(named, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Horizon_and_dimensions_may_be_given_null_or_missing()
    {
        ActionMetadata given = Load(processor: """{"action_dim":7,"min_token":-97,"scale":10,"time_horizon":50,"vocab_size":5}""").Metadata;
        ActionMetadata none = Load().Metadata;
        ActionMetadata missing = Load(processor: """{"min_token":-97,"scale":10,"vocab_size":5}""").Metadata;

        Assert.Equal((50, 7), (given.Horizon, given.Dimensions));
        Assert.Equal((null, null), (none.Horizon, none.Dimensions));
        Assert.Equal((null, null), (missing.Horizon, missing.Dimensions));
    }

    [Theory]
    [InlineData("time_horizon", "0")]
    [InlineData("time_horizon", "-5")]
    [InlineData("time_horizon", "1.5")]
    [InlineData("time_horizon", "\"50\"")]
    [InlineData("action_dim", "0")]
    [InlineData("action_dim", "[7]")]
    public void A_shape_that_is_impossible_is_named(string name, string value)
    {
        InvalidDataException problem = Refused(processor: Replace(Processor, $"\"{name}\":null", $"\"{name}\":{value}"));
        Assert.Contains(ProcessorName, problem.Message, StringComparison.Ordinal);
        Assert.Contains(name, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("""{"AutoProcessor":["a",null,{"b":[1.5e3]}]}""")]
    public void What_belongs_to_Python_may_have_any_shape(string value)
    {
        string foreign = $$"""{"auto_map":{{value}},"processor_class":{{value}},"bpe_tokenizer":{{value}},""";
        Assert.Equal(5, Load(processor: Replace(Processor, "{", foreign)).Vocabulary.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{")]
    [InlineData("""{"min_token":-97,"scale":10,"scale":20,"vocab_size":5}""")]
    [InlineData("""{"min_token":-97,"scale":10,"vocab_size":5} {}""")]
    [InlineData("""{"\ud800":1,"min_token":-97,"scale":10,"vocab_size":5}""")]
    public void A_processor_that_is_no_object_or_says_a_thing_twice_is_refused(string processor) =>
        Assert.Contains(ProcessorName, Refused(processor: processor).Message, StringComparison.Ordinal);

    // The reader quotes a word that it does not know with all that follows.
    [Fact]
    public void What_is_said_of_a_long_damaged_file_is_one_short_line()
    {
        string damaged = $"{{\"scale\": nul{string.Concat(Enumerable.Repeat("\n,\"x\"", 5000))}";
        string message = Refused(processor: damaged).Message;
        Assert.DoesNotContain('\n', message);
        Assert.EndsWith("LineNumber: 0 | BytePositionInLine: 13.", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1, 600);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(0)]
    [InlineData(-5)]
    public void Files_of_two_tokenizers_are_noticed(int size)
    {
        InvalidDataException problem = Refused(processor: Replace(Processor, "\"vocab_size\":5", $"\"vocab_size\":{size}"));
        Assert.Contains($"{ProcessorName} says vocab_size {size}", problem.Message, StringComparison.Ordinal);
        Assert.Contains($"{TokenizerName} has 5 tokens", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""["a b","ab c"]""")]
    [InlineData("""[["a","b"],["ab","c"]]""")]
    [InlineData("""["a b",["ab","c"]]""")]
    [InlineData("""[["a","b"],"ab c"]""")]
    public void Merges_may_be_written_in_either_form(string merges)
    {
        BpeVocabulary vocabulary = Load(Replace(Tokenizer, """["a b","ab c"]""", merges)).Vocabulary;
        Assert.Equal([new(0, 1, 3), new(3, 2, 4)], vocabulary.Merges.ToArray());
    }

    [Theory]
    [InlineData("\"vocab\":{\"a\":0,\"b\":1,\"c\":2,\"ab\":3,\"abc\":4}", "\"vocab\":{}", "empty")]
    [InlineData("\"abc\":4", "\"abc\":5", "gaps")]
    [InlineData("\"abc\":4", "\"abc\":3", "both have id 3")]
    [InlineData("\"abc\":4", "\"abc\":-1", "'-1'")]
    [InlineData("\"abc\":4", "\"abc\":1e400", "'1e400'")]
    [InlineData("\"abc\":4", "\"ab\":4", "ab")]
    [InlineData("\"abc\":4", "\"\\ud800\":4", "surrogate")]
    [InlineData("\"ab c\"", "\"ab \\ud800\"", "surrogate")]
    [InlineData("\"ab c\"", "[\"ab\",\"\\udc00\"]", "surrogate")]
    [InlineData("\"type\":\"BPE\"", "\"type\":\"\\ud800\"", "surrogate")]
    [InlineData("\"ab c\"", "\"b c\"", "merge 1 names 'bc'")]
    [InlineData("\"ab c\"", "\"ab d\"", "merge 1 names 'd'")]
    [InlineData("\"ignore_merges\":false", "\"ignore_merges\":true", "model.ignore_merges")]
    [InlineData("\"normalizer\":null", "\"normalizer\":{\"type\":\"NFC\"}", "normalizer")]
    [InlineData("\"added_tokens\":[]", "\"added_tokens\":[{\"id\":5,\"content\":\"<pad>\"}]", "added_tokens")]
    [InlineData("\"version\":\"1.0\"", "\"version\":\"1.0\",\"version\":\"1.0\"", "version")]
    public void A_tokenizer_that_cannot_be_followed_is_refused_by_name(string before, string after, string named)
    {
        InvalidDataException problem = Refused(Replace(Tokenizer, before, after));
        Assert.Contains(TokenizerName, problem.Message, StringComparison.Ordinal);
        Assert.Contains(named, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TokenizerName)]
    [InlineData(ProcessorName)]
    public void A_megabyte_of_brackets_is_refused(string name)
    {
        string brackets = new('[', 1 << 20);
        InvalidDataException problem = name == TokenizerName ? Refused(tokenizer: brackets) : Refused(processor: brackets);
        Assert.Contains(name, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TokenizerName)]
    [InlineData(ProcessorName)]
    public void A_file_that_is_too_large_is_refused_before_it_is_read(string name)
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        using (FileStream file = File.OpenWrite(folder[name])) file.SetLength(200L << 20);

        long before = GC.GetAllocatedBytesForCurrentThread();
        var problem = Assert.Throws<InvalidDataException>(() => TokenizerFolder.Load(folder.FullPath));
        Assert.Contains(name, problem.Message, StringComparison.Ordinal);
        Assert.Contains($"{200L << 20} bytes", problem.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10 << 20);
    }

    [Theory]
    [InlineData(TokenizerName)]
    [InlineData(ProcessorName)]
    public void A_file_that_is_missing_is_named(string name)
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        File.Delete(folder[name]);

        var problem = Assert.Throws<InvalidDataException>(() => TokenizerFolder.Load(folder.FullPath));
        Assert.Contains($"has no {name}", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Published))]
    public void A_file_that_was_cut_off_is_refused_wherever_it_was_cut(string name)
    {
        byte[] tokenizer = File.ReadAllBytes(TestData.Locate("tokenizers", name, TokenizerName));
        byte[] processor = File.ReadAllBytes(TestData.Locate("tokenizers", name, ProcessorName));
        FastTokenizerDefinition whole = PublishedFolder.Read(tokenizer, TokenizerName, processor, ProcessorName);
        Assert.Equal(tokenizer.Length > 500_000 ? 2048 : 1024, whole.Vocabulary.Count);

        // Parsing half of the largest file takes a while: fewer cuts there.
        for (int length = 0; length < tokenizer.Length - 2; length += tokenizer.Length > 500_000 ? 7 * 997 : 997)
            Named(TokenizerName, () => HuggingFaceTokenizer.Parse(tokenizer.AsMemory(0, length), TokenizerName));
        for (int length = 0; length < processor.AsSpan().LastIndexOf((byte)'}'); length++)
            Named(ProcessorName, () => PublishedFolder.Read(tokenizer, TokenizerName, processor[..length], ProcessorName));

        static void Named(string file, Action read) =>
            Assert.StartsWith(file, Assert.Throws<InvalidDataException>(read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Blanks_before_signs_are_not_cleaned_up()
    {
        // FAST+ says clean_up_tokenization_spaces: Python's clean-up would take a coefficient out of each of these.
        string configuration = File.ReadAllText(TestData.Locate("tokenizers", "fast_plus", "tokenizer_config.json"));
        Assert.Contains("\"clean_up_tokenization_spaces\": true", configuration, StringComparison.Ordinal);
        FastTokenizerDefinition definition = FastActionTokenizer.Load(TestData.Locate("tokenizers", "fast_plus")).Definition;
        TokenCodec codec = definition.Alphabet.CreateCodec(definition.Vocabulary);
        foreach (string text in (string[])[" .", " ?", " !", " ,", " ' ", " n't", " 'm", " 's", " 've", " 're", "a . b , c"])
        {
            int[] coefficients = [.. text.Select(character => character - 354)], tokens = new int[40], back = new int[coefficients.Length];
            EncodeResult encoded = codec.Encode(coefficients, tokens);
            Assert.True(codec.Decode(tokens.AsSpan(0, encoded.Count), back).IsComplete);
            Assert.Equal(coefficients, back);
        }
    }

    [Fact]
    public void A_byte_level_vocabulary_without_the_expression_merges_across_words()
    {
        string withDigit = Replace(Replace(Replace(Tokenizer, "\"c\":2", "\"1\":2"), "\"abc\":4", "\"ab1\":4"), "ab c", "ab 1");
        FastTokenizerDefinition definition = Load(Replace(withDigit, "\"trim_offsets\":true,\"use_regex\":true", "\"use_regex\":false"));
        var tokens = new int[12];

        Assert.Equal(1, definition.Alphabet.CreateCodec(definition.Vocabulary).Encode([0, 1, '1' - 97], tokens).Count);
        Assert.Equal(4, tokens[0]);
    }

    [Theory]
    [InlineData(-90, 90)]
    [InlineData(-700, 800)]
    public void A_folder_of_ours_without_its_own_file_gives_the_same_ids(int min, int max)
    {
        using var folder = new TemporaryFolder();
        FastTokenizerDefinition saved = Integer(min, max);
        TokenizerFolder.Save(saved, folder["t"]);
        File.Delete(folder["t", "fast_tokenizer.json"]);

        FastTokenizerDefinition loaded = TokenizerFolder.Load(folder["t"]);

        Assert.Null(loaded.Normalizer);
        Assert.Equal(saved.Scale, loaded.Scale);
        Assert.Equal((min, max), (loaded.Alphabet.MinCoefficient, loaded.Alphabet.MaxCoefficient));
        TokenCodec before = saved.Alphabet.CreateCodec(saved.Vocabulary), after = loaded.Alphabet.CreateCodec(loaded.Vocabulary);
        var random = new Random(2);
        for (int i = 0; i < 300; i++)
        {
            int[] coefficients = Near(random, 60, max / 8), expected = new int[60], tokens = new int[60];
            Assert.Equal(before.Encode(coefficients, expected), after.Encode(coefficients, tokens));
            Assert.Equal(expected, tokens);
        }
    }

    [Theory]
    [InlineData(-90, 90)]
    [InlineData(-700, 800)]
    public void Tokens_without_a_merge_survive_saving(int min, int max)
    {
        using var folder = new TemporaryFolder();
        FastTokenizerDefinition whole = Integer(min, max);
        int symbols = whole.Vocabulary.SymbolCount;
        int[] kept = [.. Enumerable.Range(symbols, whole.Vocabulary.Count - symbols).Where(token => token % 3 > 0)];
        FastTokenizerDefinition saved = whole with { Vocabulary = whole.Vocabulary.Keep(kept) };
        Assert.True(saved.Vocabulary.Merges.Length < kept.Length);
        TokenizerFolder.Save(saved, folder["t"]);
        FastTokenizerDefinition ours = TokenizerFolder.Load(folder["t"]);
        File.Delete(folder["t", "fast_tokenizer.json"]);
        FastTokenizerDefinition published = TokenizerFolder.Load(folder["t"]);

        foreach (FastTokenizerDefinition loaded in (FastTokenizerDefinition[])[ours, published])
        {
            Assert.Equal((min, max), (loaded.Alphabet.MinCoefficient, loaded.Alphabet.MaxCoefficient));
            Assert.Equal(saved.Vocabulary.Merges.ToArray(), loaded.Vocabulary.Merges.ToArray());
            Assert.Equal(saved.Vocabulary.Count, loaded.Vocabulary.Count);
            for (int token = 0; token < saved.Vocabulary.Count; token++)
                Assert.Equal(saved.Vocabulary.GetSymbols(token), loaded.Vocabulary.GetSymbols(token));
        }
    }

    [Theory]
    [InlineData("\"\u0100\u0105\":2", "token 2 holds U+0105, which is not among the first 2 tokens")]
    [InlineData("\"\u0103\":2", "the first 3 tokens are not consecutive characters: token 2 is not U+0102")]
    public void Tokens_that_are_not_made_of_the_alphabet_are_refused(string token, string message)
    {
        string tokenizer = """
            {"version":"1.0","decoder":{"type":"Fuse"},"model":{"type":"BPE","vocab":{"\u0100":0,"\u0101":1,TOKEN},"merges":[]}}
            """.Replace("TOKEN", token, StringComparison.Ordinal);

        string processor = Replace(Replace(Processor, "-97", "-257"), ":5}", ":3}");
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Load(tokenizer, processor)).Message);
    }

    [Theory]
    [MemberData(nameof(Published))]
    public void A_published_tokenizer_that_is_saved_again_gives_the_same_ids(string name)
    {
        using var folder = new TemporaryFolder();
        FastTokenizerDefinition published = TokenizerFolder.Load(TestData.Locate("tokenizers", name));
        double[] low = [-1, -2, -3], high = [1, 2, 3];
        FastTokenizerDefinition known = published with
        {
            Normalizer = new ActionNormalizer(new ActionStatistics(9, low, high, null, null, low, null, null, null, high), new()),
            Metadata = new ActionMetadata { Horizon = 20, Dimensions = 3, Rate = 20, DimensionNames = ["x", "y", "z"] },
        };

        TokenizerFolder.Save(published, folder["plain"]);
        TokenizerFolder.Save(known, folder["known"]);
        FastTokenizerDefinition plain = TokenizerFolder.Load(folder["plain"]), back = TokenizerFolder.Load(folder["known"]);
        TokenizerFolder.Save(plain, folder["again"]);

        Assert.Null(plain.Normalizer);
        Assert.Equal(published.Metadata, plain.Metadata);
        Assert.Equal(high, back.Normalizer!.Statistics.Q99);
        Assert.Equal((20, 3, 20.0), (back.Metadata.Horizon, back.Metadata.Dimensions, back.Metadata.Rate));
        foreach (string file in Directory.GetFiles(folder["plain"]).Select(path => Path.GetFileName(path)!))
            Assert.Equal(File.ReadAllBytes(folder["plain", file]), File.ReadAllBytes(folder["again", file]));

        foreach (FastTokenizerDefinition saved in (FastTokenizerDefinition[])[plain, back])
        {
            Assert.Equal(published.Scale, saved.Scale);
            CheckSameIds(published, saved);
        }

        // Python, which does not know the file of ours, must find the same tokenizer in the others.
        File.Delete(folder["known", "fast_tokenizer.json"]);
        CheckSameIds(published, TokenizerFolder.Load(folder["known"]));
    }

    [Theory]
    [InlineData("bridge")]
    [InlineData("robosuite_panda_wipe")]
    public void Golden_ids_still_hold_after_saving_again(string recording)
    {
        using var folder = new TemporaryFolder();
        FastActionTokenizer.Load(TestData.Locate("tokenizers", "fast_plus")).Save(folder["t"]);
        FastActionTokenizer tokenizer = FastActionTokenizer.Load(folder["t"]);
        Npz golden = Npz.Open(TestData.Locate("golden", "fast_plus", recording + ".npz"));
        double[] chunks = golden["chunks"].Values, ids = golden["ids"].Values, offsets = golden["offsets"].Values;
        int[] sizes = golden["chunks"].Shape;
        var shape = new ActionShape(sizes[1], sizes[2]);
        for (int i = 0; i < sizes[0]; i++)
        {
            Assert.Equal(
                Array.ConvertAll(ids[(int)offsets[i]..(int)offsets[i + 1]], id => (int)id),
                tokenizer.Encode(chunks.AsSpan(i * shape.Count, shape.Count), shape));
        }
    }

    [Fact]
    public void Merges_of_tokens_that_hold_blanks_survive_saving()
    {
        // No text gives such a token, but a file may hold it; "a b" could not say where its parts end.
        const string Vocab = "\"vocab\":{\"a\":0,\"b\":1,\" \":2,\"a b\":3,\" b\":4}";
        string withBlanks = Replace(Tokenizer, "\"vocab\":{\"a\":0,\"b\":1,\"c\":2,\"ab\":3,\"abc\":4}", Vocab);
        FastTokenizerDefinition definition = Load(Replace(withBlanks, """["a b","ab c"]""", """[[" ","b"],["a"," b"]]"""));
        using var folder = new TemporaryFolder();

        TokenizerFolder.Save(definition, folder["t"]);

        Assert.Equal(definition.Vocabulary.Merges.ToArray(), TokenizerFolder.Load(folder["t"]).Vocabulary.Merges.ToArray());
    }

    private static void CheckSameIds(FastTokenizerDefinition expected, FastTokenizerDefinition actual)
    {
        TokenCodec first = expected.Alphabet.CreateCodec(expected.Vocabulary), second = actual.Alphabet.CreateCodec(actual.Vocabulary);
        int min = expected.Alphabet.MinCoefficient;
        Assert.Equal(min, actual.Alphabet.MinCoefficient);
        Assert.Equal(((ByteLevelAlphabet)expected.Alphabet).TokenTexts, ((ByteLevelAlphabet)actual.Alphabet).TokenTexts);
        Assert.Equal(expected.Vocabulary.Merges.ToArray(), actual.Vocabulary.Merges.ToArray());
        for (int seed = 0; seed < 300; seed++)
        {
            int[] row = CoefficientRows.Coefficients(seed, min), ids = new int[320], tokens = new int[320];
            Assert.Equal(first.Encode(row, ids), second.Encode(row, tokens));
            Assert.Equal(ids, tokens);
        }
    }

    private static FastTokenizerDefinition Integer(int min, int max)
    {
        var corpus = new SequenceCorpus();
        var random = new Random(1);
        for (int i = 0; i < 200; i++) corpus.Add(Near(random, 40, max / 8));
        var alphabet = new IntegerAlphabet(min, max);
        return new FastTokenizerDefinition
        {
            Scale = 12.5,
            Alphabet = alphabet,
            Vocabulary = BpeTrainer.Train(corpus, min, alphabet.SymbolCount, new() { VocabularySize = alphabet.SymbolCount + 150 }),
            Normalizer = new ActionNormalizer(new ActionStatistics(9, [-1.0], [1.0], null, null, [-1.0], null, null, null, [1.0]), new()),
        };
    }

    private static int[] Near(Random random, int count, int spread) =>
        [.. Enumerable.Range(0, count).Select(_ => (int)(Math.Pow((random.NextDouble() * 2) - 1, 5) * spread))];

    private static FastTokenizerDefinition Load(string tokenizer = Tokenizer, string processor = Processor)
    {
        using var folder = new TemporaryFolder();
        Write(folder, tokenizer, processor);
        return TokenizerFolder.Load(folder.FullPath);
    }

    private static string Replace(string text, string before, string after)
    {
        Assert.Contains(before, text, StringComparison.Ordinal);
        return text.Replace(before, after, StringComparison.Ordinal);
    }

    private static InvalidDataException Refused(string tokenizer = Tokenizer, string processor = Processor) =>
        Assert.Throws<InvalidDataException>(() => Load(tokenizer, processor));

    private static void Write(TemporaryFolder folder, string tokenizer = Tokenizer, string processor = Processor)
    {
        File.WriteAllText(folder[TokenizerName], tokenizer, new UTF8Encoding(false));
        File.WriteAllText(folder[ProcessorName], processor, new UTF8Encoding(false));
    }
}
