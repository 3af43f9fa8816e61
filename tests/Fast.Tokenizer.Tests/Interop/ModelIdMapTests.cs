using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Tests.Normalization;

namespace Fast.Tokenizer.Tests.Interop;

public sealed class ModelIdMapTests
{
    public static TheoryData<string> Kinds => ["PaliGemma", "contiguous", "table"];

    // The formula of openpi's _act_tokens_to_paligemma_tokens, with the numbers of the published model.
    [Theory]
    [InlineData(0, 257023)]
    [InlineData(1, 257022)]
    [InlineData(1023, 256000)]
    [InlineData(1024, 255999)]
    [InlineData(2047, 254976)]
    public void PaliGemma_ids_run_down_from_before_the_last_128(int token, int id)
    {
        var map = new PaliGemmaIdMap(2048);

        Assert.Equal(id, map.ToModelId(token));
        Assert.Equal(257152 - 1 - 128 - token, id);
        Assert.True(map.TryToActionToken(id, out int back));
        Assert.Equal(token, back);
    }

    [Fact]
    public void PaliGemma_vocabulary_and_skipped_ids_are_parameters()
    {
        var map = new PaliGemmaIdMap(10, vocabularySize: 100, skippedIds: 7);

        Assert.Equal(92, map.ToModelId(0));
        Assert.Equal((83, 92, 100), (map.LowestModelId, map.HighestModelId, map.ModelVocabularySize));
    }

    [Fact]
    public void Contiguous_ids_run_up_from_the_first()
    {
        // NORA's block on Qwen2.5-VL: 151665 to 153712.
        var map = new ContiguousIdMap(151665, 2048);

        Assert.Equal((151665, 153712), (map.ToModelId(0), map.ToModelId(2047)));
        Assert.Equal((151665, 153712), (map.LowestModelId, map.HighestModelId));
        Assert.Null(map.ModelVocabularySize);
        Assert.Equal("<robot_action_0>", ContiguousIdMap.TokenName(0));
        Assert.Equal("<robot_action_2047>", ContiguousIdMap.TokenName(2047));
    }

    [Fact]
    public void A_block_is_found_by_the_names_of_its_tokens()
    {
        var vocabulary = new Dictionary<string, int>
        {
            ["a"] = 0, ["<robot_action_1>"] = 8, ["<robot_action_0>"] = 7, ["<robot_action_2>"] = 9,
        };

        Assert.Equal((7, 9, 3), Range(ContiguousIdMap.FromVocabulary(vocabulary, 3)));
        Assert.Equal((7, 8, 2), Range(ContiguousIdMap.FromVocabulary(vocabulary, 2)));
        Refusal.Says<ArgumentException>("no token <robot_action_3>", () => ContiguousIdMap.FromVocabulary(vocabulary, 4));

        vocabulary["<robot_action_2>"] = 10;
        Refusal.Says<ArgumentException>("<robot_action_2> has the id 10, but a block that begins at 7 needs 9",
            () => ContiguousIdMap.FromVocabulary(vocabulary, 3));

        static (int, int, int) Range(ContiguousIdMap map) => (map.LowestModelId, map.HighestModelId, map.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_map_is_a_bijection(string kind)
    {
        var random = new Random(3);
        for (int round = 0; round < 50; round++)
        {
            var map = RandomMap(kind, random);
            int vocabulary = map.ModelVocabularySize!.Value;
            int[] tokenOfId = new int[vocabulary];
            Array.Fill(tokenOfId, -1);
            for (int token = 0; token < map.Count; token++)
            {
                int id = map.ToModelId(token);
                Assert.InRange(id, map.LowestModelId, map.HighestModelId);
                Assert.Equal(-1, tokenOfId[id]);
                tokenOfId[id] = token;
            }

            Assert.NotEqual(-1, tokenOfId[map.LowestModelId]);
            Assert.NotEqual(-1, tokenOfId[map.HighestModelId]);
            for (int id = -3; id < vocabulary + 3; id++)
            {
                int expected = (uint)id < (uint)vocabulary ? tokenOfId[id] : -1;
                Assert.Equal(expected >= 0, map.TryToActionToken(id, out int token));
                Assert.Equal(expected, token);
            }

            foreach (int id in (int[])[int.MinValue, int.MinValue + map.HighestModelId, int.MaxValue, -1])
            {
                Assert.False(map.TryToActionToken(id, out int token));
                Assert.Equal(-1, token);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Contiguous_and_descending_say_what_the_ids_do(string kind)
    {
        var random = new Random(4);
        for (int round = 0; round < 50; round++)
        {
            var map = RandomMap(kind, random);
            int[] ids = [.. Enumerable.Range(0, map.Count).Select(map.ToModelId)];
            bool up = ids.Index().All(p => p.Item == map.LowestModelId + p.Index);
            bool down = ids.Index().All(p => p.Item == map.HighestModelId - p.Index);

            Assert.Equal(up || down, map.IsContiguous);
            if (map.IsContiguous && map.Count > 1) Assert.Equal(down, map.IsDescending);
        }
    }

    [Fact]
    public void A_table_in_order_is_contiguous_both_ways_and_one_with_a_gap_is_not()
    {
        Assert.Equal((true, false), Shape(5, 6, 7));
        Assert.Equal((true, true), Shape(7, 6, 5));
        Assert.Equal((true, false), Shape(9));
        Assert.False(Shape(5, 6, 8).Contiguous);
        Assert.False(Shape(5, 7, 6).Contiguous);

        static (bool Contiguous, bool Descending) Shape(params int[] ids)
        {
            var map = new TableIdMap(ids);
            return (map.IsContiguous, map.IsDescending);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Spans_map_as_single_ids_do_in_place_and_without_allocation(string kind)
    {
        var random = new Random(5);
        var map = RandomMap(kind, random);
        int[] tokens = [.. Enumerable.Range(0, 300).Select(_ => random.Next(map.Count))], ids = new int[300], back = new int[300];
        map.ToModelIds(tokens, ids);
        map.ToActionTokens(ids, back);

        Assert.Equal(tokens.Select(map.ToModelId), ids);
        Assert.Equal(tokens, back);
        long before = GC.GetAllocatedBytesForCurrentThread();
        map.ToModelIds(back, back);
        bool all = map.TryToActionTokens(back, back, out int position);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.True(all);
        Assert.Equal(300, position);
        Assert.Equal(tokens, back);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_id_outside_the_map_is_reported_with_its_position(string kind)
    {
        var map = RandomMap(kind, new Random(6));
        for (int at = 0; at < 4; at++)
        {
            int[] ids = [map.LowestModelId, map.HighestModelId, map.LowestModelId, map.HighestModelId];
            ids[at] = map.HighestModelId + 1;
            int[] tokens = [-7, -7, -7, -7];

            Assert.False(map.TryToActionTokens(ids, tokens, out int position));
            Assert.Equal(at, position);
            Assert.Equal([.. ids[..at].Select(Token), .. Enumerable.Repeat(-7, 4 - at)], tokens);
            var error = Assert.Throws<ModelIdException>(() => map.ToActionTokens(ids, tokens));
            Assert.Equal((at, ids[at]), (error.Position, error.ModelId));
            Assert.Contains($"position {at} is {ids[at]}", error.Message, StringComparison.Ordinal);
        }

        int Token(int id) => map.TryToActionToken(id, out int token) ? token : throw new InvalidOperationException();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(20)]
    [InlineData(int.MinValue)]
    public void An_action_token_outside_the_map_is_refused_with_its_position(int token)
    {
        var map = new PaliGemmaIdMap(20);

        Refusal.Says<ArgumentOutOfRangeException>("action tokens 0 to 19", () => map.ToModelId(token));
        Refusal.Says<ArgumentException>($"position 2 is {token}, but the map holds 0 to 19",
            () => map.ToModelIds([0, 19, token], new int[3]));
    }

    [Fact]
    public void No_ids_map_to_no_tokens_and_a_short_buffer_is_refused()
    {
        var map = new ContiguousIdMap(5, 3);

        Assert.True(map.TryToActionTokens([], [], out int position));
        Assert.Equal(0, position);
        Refusal.Says<ArgumentException>("3 ids do not fit a buffer of 2", () => map.ToModelIds([0, 1, 2], new int[2]));
        Refusal.Says<ArgumentException>("3 ids do not fit a buffer of 2", () => map.ToActionTokens([5, 6, 7], new int[2]));
    }

    [Fact]
    public void Impossible_maps_are_refused()
    {
        Refusal.Says<ArgumentOutOfRangeException>("less 128 ids holds 1 to 257024", () => new PaliGemmaIdMap(257025));
        Assert.Equal(0, new PaliGemmaIdMap(257024).LowestModelId);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PaliGemmaIdMap(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PaliGemmaIdMap(1, 10, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PaliGemmaIdMap(1, 10, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ContiguousIdMap(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ContiguousIdMap(0, 0));
        Refusal.Says<ArgumentOutOfRangeException>("past the last id of the model, 9", () => new ContiguousIdMap(7, 4, 10));
        Assert.Equal(9, new ContiguousIdMap(7, 3, 10).HighestModelId);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ContiguousIdMap(int.MaxValue - 1, 2));
        Refusal.Says<ArgumentException>("the table is empty", () => new TableIdMap([]));
        Refusal.Says<ArgumentException>("action tokens 0 and 2 both have the model id 4", () => new TableIdMap([4, 5, 4]));
        Refusal.Says<ArgumentException>("action token 1 is -5", () => new TableIdMap([4, -5]));
        Refusal.Says<ArgumentException>("action token 1 is 10, but the model has 0 to 9", () => new TableIdMap([4, 10], 10));
    }

    [Fact]
    public void A_table_is_copied()
    {
        int[] ids = [4, 2];
        var map = new TableIdMap(ids);
        ids[0] = 9;

        Assert.Equal(4, map.ToModelId(0));
    }

    private static ModelIdMap RandomMap(string kind, Random random)
    {
        int vocabulary = random.Next(2, 200), count = random.Next(1, vocabulary);
        switch (kind)
        {
            case "PaliGemma": return new PaliGemmaIdMap(count, vocabulary, random.Next(vocabulary - count + 1));
            case "contiguous": return new ContiguousIdMap(random.Next(vocabulary - count + 1), count, vocabulary);
            default:
                int[] ids = [.. Enumerable.Range(0, vocabulary)];
                random.Shuffle(ids);
                return new TableIdMap(ids.AsSpan(0, count), vocabulary);
        }
    }
}
