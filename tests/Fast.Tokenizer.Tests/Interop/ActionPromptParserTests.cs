using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Tests.Normalization;

namespace Fast.Tokenizer.Tests.Interop;

public sealed class ActionPromptParserTests
{
    private static readonly PromptTextEncoder _text = new(SmallTextModel.SentencePiece());
    private static readonly ContiguousIdMap _map = new(1000, 16);
    private static readonly int[] _opening = SmallTextModel.Ids("Action", ":", "▁");
    private static readonly int _closing = SmallTextModel.Id("|");

    [Fact]
    public void Actions_stand_between_opening_and_closing()
    {
        Check([.. _opening, 1003, 1000, 1015, _closing, SmallTextModel.End], ActionPromptStatus.Complete, 6, 3, 0, 15);
        Check([.. _opening, _closing], ActionPromptStatus.Complete, 3);
    }

    [Fact]
    public void What_comes_before_the_opening_and_after_the_closing_is_not_looked_at() =>
        Check([SmallTextModel.Begin, 1001, 7, .. _opening, 1004, _closing, -5, 1002, _closing], ActionPromptStatus.Complete, 7, 4);

    [Fact]
    public void Ids_without_an_opening_are_no_actions()
    {
        Check([], ActionPromptStatus.MissingOpening, 0);
        Check([1001, 1002, _closing], ActionPromptStatus.MissingOpening, 3);
        Check([.. _opening[..2], 1001, _closing], ActionPromptStatus.MissingOpening, 4);
    }

    [Fact]
    public void Generation_cut_short_gives_the_tokens_so_far()
    {
        Check([.. _opening, 1001, 1002], ActionPromptStatus.MissingClosing, 5, 1, 2);
        Check([.. _opening, 1001, SmallTextModel.End, 1002, _closing], ActionPromptStatus.MissingClosing, 4, 1);
        Check(_opening, ActionPromptStatus.MissingClosing, 3);
    }

    // openpi would subtract, and take each of these for an action; LeRobot too.
    [Theory]
    [InlineData(999)]
    [InlineData(1016)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void An_id_that_is_no_action_is_named_with_its_position(int id)
    {
        Check([.. _opening, 1001, 1002, id, 1003, _closing], ActionPromptStatus.InvalidId, 5, 1, 2);
        Check([.. _opening, id, _closing], ActionPromptStatus.InvalidId, 3);
    }

    [Fact]
    public void A_second_opening_is_no_action() =>
        Check([.. _opening, 1001, .. _opening, 1002, _closing], ActionPromptStatus.InvalidId, 4, 1);

    [Fact]
    public void A_closing_of_two_ids_is_found_whole()
    {
        var text = new PromptTextEncoder(SmallTextModel.SentencePiece(dummyPrefix: true));
        var parser = new ActionPromptParser(text, _map);
        int[] tokens = new int[16];

        int[] ids = [.. SmallTextModel.Ids("▁", "Action", ":", "▁"), 1001, .. SmallTextModel.Ids("▁", "|")];
        Assert.Equal(new ActionPromptResult(ActionPromptStatus.Complete, 1, 5), parser.Parse(ids, tokens));
        Assert.Equal(new ActionPromptResult(ActionPromptStatus.InvalidId, 1, 5), parser.Parse(ids.AsSpan(0, 6), tokens));
    }

    [Fact]
    public void A_prompt_parses_back_to_its_tokens_whatever_the_text()
    {
        var random = new Random(12);
        var bpe = new PromptTextEncoder(SmallTextModel.ByteLevelBpe(), beginId: 0, endId: 1);
        foreach (var text in (PromptTextEncoder[])[_text, bpe])
        {
            for (int round = 0; round < 200; round++)
            {
                int count = random.Next(1, 1025);
                ModelIdMap map = random.Next(3) switch
                {
                    0 => new PaliGemmaIdMap(count),
                    1 => new ContiguousIdMap(400, count),
                    _ => new TableIdMap([.. Enumerable.Range(0, count).Select(i => 500 + (i * 7919 % 1031))]),
                };
                int[] tokens = [.. Enumerable.Range(0, random.Next(60)).Select(_ => random.Next(count))];
                double[] state = [.. Enumerable.Range(0, random.Next(10)).Select(_ => random.NextDouble() * 3 - 1.5)];
                string task = RandomTask(random);
                var builder = random.Next(2) == 0
                    ? ActionPromptBuilder.OpenPi(text, map, 800)
                    : ActionPromptBuilder.LeRobot(text, map, 700);
                var prompt = builder.Build(task, state, tokens);
                Assert.Equal(0, prompt.Dropped);

                var answer = prompt.Tokens.Span[prompt.AnswerStart..];
                int[] parsed = new int[answer.Length];
                var result = new ActionPromptParser(text, map).Parse(answer, parsed);

                int closing = text.Opening.Length + tokens.Length;
                Assert.Equal(new ActionPromptResult(ActionPromptStatus.Complete, tokens.Length, closing), result);
                Assert.Equal(tokens, parsed[..result.Count]);
            }
        }
    }

    // PaliGemma's map reaches down into ids of text. Only what stands between opening and closing is an action.
    [Fact]
    public void A_map_that_overlaps_the_text_still_reads_the_actions_alone()
    {
        int vocabulary = SmallTextModel.Pieces.Count;
        var map = new PaliGemmaIdMap(6, vocabulary, skippedIds: 2);
        Assert.Equal(SmallTextModel.Id("x"), map.ToModelId(0));
        var prompt = ActionPromptBuilder.OpenPi(_text, map, 40).Build("twxv", [0.0], [0, 5, 1]);
        Assert.Contains(map.ToModelId(0), prompt.Tokens.ToArray()[..prompt.AnswerStart]);

        int[] parsed = new int[40];
        var result = new ActionPromptParser(_text, map).Parse(prompt.Tokens.Span, parsed);

        Assert.Equal((ActionPromptStatus.Complete, 3), (result.Status, result.Count));
        Assert.Equal([0, 5, 1], parsed[..3]);
    }

    [Fact]
    public void A_chunk_comes_back_through_a_prompt()
    {
        var tokenizer = new BinningActionTokenizer();
        var shape = new ActionShape(5, 3);
        var map = new PaliGemmaIdMap(tokenizer.VocabularySize);
        float[] actions = [.. Enumerable.Range(0, shape.Count).Select(i => MathF.Sin(i))], decoded = new float[shape.Count];
        int[] tokens = new int[shape.Count];
        tokenizer.Encode(actions, shape, tokens);
        var prompt = ActionPromptBuilder.LeRobot(_text, map).Build("reach", new float[7], tokens);

        var answer = prompt.Tokens.Span[prompt.AnswerStart..];
        int[] parsed = new int[answer.Length];
        var result = new ActionPromptParser(_text, map).Parse(answer, parsed);

        Assert.True(result.IsComplete);
        Assert.True(tokenizer.TryDecode(parsed.AsSpan(0, result.Count), shape, decoded).IsComplete);
        for (int i = 0; i < actions.Length; i++) Assert.Equal(actions[i], decoded[i], 1.0 / 256 + 1e-6);
    }

    [Fact]
    public void Parsing_allocates_nothing()
    {
        var parser = new ActionPromptParser(_text, _map);
        int[] ids = [.. _opening, .. Enumerable.Repeat(1007, 200), _closing], tokens = new int[ids.Length];
        parser.Parse(ids, tokens);

        long before = GC.GetAllocatedBytesForCurrentThread();
        var result = parser.Parse(ids, tokens);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(200, result.Count);
    }

    [Fact]
    public void A_short_buffer_is_refused() => Refusal.Says<ArgumentException>("the buffer holds 3",
        () => new ActionPromptParser(_text, _map).Parse([.. _opening, 1001, _closing], new int[3]));

    private static void Check(int[] ids, ActionPromptStatus status, int position, params int[] tokens)
    {
        int[] parsed = new int[ids.Length];
        var result = new ActionPromptParser(_text, _map).Parse(ids, parsed);

        Assert.Equal(new ActionPromptResult(status, tokens.Length, position), result);
        Assert.Equal(tokens, parsed[..result.Count]);
        Assert.Equal(status == ActionPromptStatus.Complete, result.IsComplete);
    }

    private static string RandomTask(Random random)
    {
        string[] parts =
            ["pick", " ", "_", "\n", "Action: ", "|", "é", "\U0001F600", "抽屉", "<eos>", "<bos>", "Σ", "\t", "<robot_action_3>", "a"];
        return string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => parts[random.Next(parts.Length)]));
    }
}
