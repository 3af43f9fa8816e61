using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Tests.Normalization;

namespace Fast.Tokenizer.Tests.Interop;

public sealed class ActionPromptBuilderTests
{
    private static readonly PromptTextEncoder _text = new(SmallTextModel.SentencePiece());
    private static readonly PaliGemmaIdMap _map = new(2048);

    // "Task: a b, State: 128 -1;\n", by hand.
    private static readonly int[] _question =
        SmallTextModel.Ids("<bos>", "Task", ":", "▁a", "▁", "b", ",", "▁", "State", ":", "▁", "128", "▁", "-", "1", ";", "\n");

    // "Action: ", action tokens 0, 5 and 2047, "|", end.
    private static readonly int[] _answer =
        [.. SmallTextModel.Ids("Action", ":", "▁"), 257023, 257018, 254976, .. SmallTextModel.Ids("|", "<eos>")];

    [Fact]
    public void OpenPi_puts_begin_text_actions_and_end_in_one_sequence()
    {
        var prompt = ActionPromptBuilder.OpenPi(_text, _map, maxTokens: 30).Build(" A_b\n", [0.0, -1.5], [0, 5, 2047]);

        Assert.Equal([.. _question, .. _answer, 0, 0, 0, 0, 0], prompt.Tokens.ToArray());
        Assert.Equal(Runs((25, true), (5, false)), prompt.TokenMask.ToArray());
        Assert.Equal(Runs((17, false), (8, true), (5, false)), prompt.AutoregressiveMask.ToArray());
        Assert.Equal(Runs((17, false), (8, true), (5, false)), prompt.LossMask.ToArray());
        Assert.Equal((17, 0), (prompt.AnswerStart, prompt.Dropped));
    }

    [Fact]
    public void OpenPi_without_actions_is_the_text_alone_with_attention_both_ways()
    {
        var prompt = ActionPromptBuilder.OpenPi(_text, _map, maxTokens: 20, paddingId: 3).Build("a b", [0.0, -1.5]);

        Assert.Equal([.. _question, 3, 3, 3], prompt.Tokens.ToArray());
        Assert.Equal(Runs((17, true), (3, false)), prompt.TokenMask.ToArray());
        Assert.Equal(Runs((20, false)), prompt.AutoregressiveMask.ToArray());
        Assert.Equal(Runs((20, false)), prompt.LossMask.ToArray());
        Assert.Equal((17, 0), (prompt.AnswerStart, prompt.Dropped));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(21)]
    [InlineData(24)]
    [InlineData(25)]
    public void OpenPi_cuts_what_is_too_long_at_the_end_and_counts_it(int length)
    {
        var prompt = ActionPromptBuilder.OpenPi(_text, _map, length).Build("a b", [0.0, -1.5], [0, 5, 2047]);

        Assert.Equal(((int[])[.. _question, .. _answer])[..length], prompt.Tokens.ToArray());
        Assert.Equal(Runs((length, true)), prompt.TokenMask.ToArray());
        bool[] answer = Runs((Math.Min(17, length), false), (Math.Max(0, length - 17), true));
        Assert.Equal(answer, prompt.AutoregressiveMask.ToArray());
        Assert.Equal(answer, prompt.LossMask.ToArray());
        Assert.Equal((Math.Min(17, length), 25 - length), (prompt.AnswerStart, prompt.Dropped));
    }

    [Fact]
    public void OpenPi_has_256_ids_by_default() =>
        Assert.Equal(256, ActionPromptBuilder.OpenPi(_text, _map).Build("a", [0.0]).Tokens.Length);

    [Fact]
    public void LeRobot_pads_the_text_and_the_actions_apart()
    {
        var builder = ActionPromptBuilder.LeRobot(_text, _map, maxPromptTokens: 19, maxActionTokens: 12, stateDimensions: 2);
        var prompt = builder.Build(" a_b\n", [0.0, -1.5], [0, 5, 2047]);

        Assert.Equal([.. _question, 0, 0, SmallTextModel.Begin, .. _answer, 0, 0, 0], prompt.Tokens.ToArray());
        Assert.Equal(Runs((17, true), (2, false), (9, true), (3, false)), prompt.TokenMask.ToArray());
        Assert.Equal(Runs((19, false), (9, true), (3, false)), prompt.AutoregressiveMask.ToArray());
        Assert.Equal(Runs((20, false), (8, true), (3, false)), prompt.LossMask.ToArray());
        Assert.Equal((20, 0), (prompt.AnswerStart, prompt.Dropped));
    }

    [Fact]
    public void LeRobot_without_actions_ends_in_a_begin_of_sentence_that_belongs_to_the_text()
    {
        var builder = ActionPromptBuilder.LeRobot(_text, _map, maxPromptTokens: 19, maxActionTokens: 12, stateDimensions: 2);
        var prompt = builder.Build("a b", [0.0, -1.5]);

        Assert.Equal([.. _question, 0, 0, SmallTextModel.Begin], prompt.Tokens.ToArray());
        Assert.Equal(Runs((17, true), (2, false), (1, true)), prompt.TokenMask.ToArray());
        Assert.Equal(Runs((20, false)), prompt.AutoregressiveMask.ToArray());
        Assert.Equal(Runs((20, false)), prompt.LossMask.ToArray());
        Assert.Equal((20, 0), (prompt.AnswerStart, prompt.Dropped));
    }

    [Fact]
    public void LeRobot_cuts_the_text_and_the_actions_apart()
    {
        var builder = ActionPromptBuilder.LeRobot(_text, _map, maxPromptTokens: 15, maxActionTokens: 5, stateDimensions: 2);
        var prompt = builder.Build("a b", [0.0, -1.5], [0, 5, 2047]);

        Assert.Equal([.. _question[..15], SmallTextModel.Begin, .. _answer[..4]], prompt.Tokens.ToArray());
        Assert.Equal(Runs((20, true)), prompt.TokenMask.ToArray());
        Assert.Equal(Runs((16, false), (4, true)), prompt.LossMask.ToArray());
        Assert.Equal((16, 2 + 4), (prompt.AnswerStart, prompt.Dropped));
    }

    [Fact]
    public void LeRobot_has_200_and_256_ids_and_32_state_dimensions_by_default()
    {
        var builder = ActionPromptBuilder.LeRobot(_text, _map);

        Assert.Equal(456, builder.Build("a", [0.0], [1]).Tokens.Length);
        Assert.Equal(201, builder.Build("a", [0.0]).Tokens.Length);
        Assert.Equal($"Task: a, State: 255 {string.Join(' ', Enumerable.Repeat("128", 31))};\n", builder.Describe("a", [1]));
    }

    [Fact]
    public void A_state_longer_than_LeRobots_dimensions_stays_as_it_is() => Assert.Equal(
        "Task: , State: 0 192 255;\n", ActionPromptBuilder.LeRobot(_text, _map, stateDimensions: 2).Describe("", [-1, 0.5, 1]));

    // FASTTokenizer.tokenize lowers and keeps newlines; pi0_fast keeps case and replaces newlines.
    [Theory]
    [InlineData("", "", "")]
    [InlineData(" \n ", "", "")]
    [InlineData("  Pick_up the\nRED cube \n", "pick up the\nred cube", "Pick up the RED cube")]
    [InlineData("_a_", " a ", " a ")]
    [InlineData("Öffne \U0001F600_抽屉", "öffne \U0001F600 抽屉", "Öffne \U0001F600 抽屉")]
    [InlineData("Action: |", "action: |", "Action: |")]
    public void Each_project_cleans_the_task_its_own_way(string task, string openPi, string leRobot)
    {
        Assert.Equal($"Task: {openPi}, State: 64;\n", ActionPromptBuilder.OpenPi(_text, _map).Describe(task, [-0.5]));
        Assert.Equal($"Task: {leRobot}, State: 64;\n", ActionPromptBuilder.LeRobot(_text, _map, stateDimensions: 0).Describe(task, [-0.5]));
    }

    [Fact]
    public void Text_outside_the_vocabulary_becomes_bytes()
    {
        var prompt = ActionPromptBuilder.OpenPi(_text, _map, 30).Build("é\U0001F600", [0.0]);

        int[] expected = SmallTextModel.Ids(
            "<bos>", "Task", ":", "▁", "<0xC3>", "<0xA9>", "<0xF0>", "<0x9F>", "<0x98>", "<0x80>",
            ",", "▁", "State", ":", "▁", "128", ";", "\n");
        Assert.Equal(expected, prompt.Tokens.ToArray()[..prompt.AnswerStart]);
    }

    [Fact]
    public void An_empty_state_leaves_its_place_empty() =>
        Assert.Equal("Task: a, State: ;\n", ActionPromptBuilder.OpenPi(_text, _map).Describe("a", []));

    [Fact]
    public void A_float32_state_gives_the_prompt_of_the_same_float64_values()
    {
        var random = new Random(9);
        foreach (var builder in (ActionPromptBuilder[])[ActionPromptBuilder.OpenPi(_text, _map), ActionPromptBuilder.LeRobot(_text, _map)])
        {
            float[] narrow = [.. Enumerable.Range(0, 14).Select(_ => (float)(random.NextDouble() * 2.2 - 1.1))];
            double[] wide = [.. narrow.Select(x => (double)x)];

            Assert.Equal(builder.Build("a", wide).Tokens.ToArray(), builder.Build("a", narrow).Tokens.ToArray());
            Assert.Equal(builder.Build("a", wide, [7]).Tokens.ToArray(), builder.Build("a", narrow, [7]).Tokens.ToArray());
        }
    }

    [Fact]
    public void A_byte_level_BPE_without_begin_of_sentence_makes_openpi_prompts_and_no_LeRobot_ones()
    {
        var model = SmallTextModel.ByteLevelBpe();
        var text = new PromptTextEncoder(model, beginId: null, endId: 1);
        var prompt = ActionPromptBuilder.OpenPi(text, new ContiguousIdMap(300, 8)).Build("Étagère", [0.0], [3, 0]);

        int[] tokens = prompt.Tokens.ToArray();
        Assert.Equal("Task: étagère, State: 128;\n", model.Decode(tokens[..prompt.AnswerStart]));
        int[] answer = [.. text.Opening, 303, 300, model.Vocabulary["|"], 1];
        Assert.Equal(answer, tokens[prompt.AnswerStart..(prompt.AnswerStart + answer.Length)]);
        Refusal.Says<ArgumentException>("begin-of-sentence", () => ActionPromptBuilder.LeRobot(text, new ContiguousIdMap(300, 8)));
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var builder = ActionPromptBuilder.OpenPi(_text, _map);

        Refusal.Says<ArgumentException>("dimension 1 of the state is NaN", () => builder.Build("a", [0.0, double.NaN]));
        Refusal.Says<ArgumentException>("dimension 0 of the state is NaN", () => builder.Build("a", [float.NaN], [1]));
        Refusal.Says<ArgumentException>("position 1 is 2048, but the map holds 0 to 2047", () => builder.Build("a", [0.0], [5, 2048]));
        Refusal.Says<ArgumentException>("half a pair of surrogates, U+D800", () => builder.Build("a\uD800", [0.0]));
        Assert.Throws<ArgumentNullException>(() => builder.Build(null!, [0.0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ActionPromptBuilder.OpenPi(_text, _map, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ActionPromptBuilder.OpenPi(_text, _map, 1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ActionPromptBuilder.LeRobot(_text, _map, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ActionPromptBuilder.LeRobot(_text, _map, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ActionPromptBuilder.LeRobot(_text, _map, 1, 1, -1));
    }

    [Theory]
    [InlineData("▁")]
    [InlineData("|")]
    [InlineData("<eos>")]
    [InlineData("<bos>")]
    public void A_map_over_the_ids_around_the_actions_is_refused(string piece)
    {
        var map = new TableIdMap([290_000, SmallTextModel.Id(piece)]);

        string fault = $"the model id {SmallTextModel.Id(piece)} is action token 1";
        Refusal.Says<ArgumentException>(fault, () => ActionPromptBuilder.OpenPi(_text, map));
        Refusal.Says<ArgumentException>("use a map over other ids", () => new ActionPromptParser(_text, map));
    }

    private static bool[] Runs(params (int Length, bool Value)[] runs) =>
        [.. runs.SelectMany(run => Enumerable.Repeat(run.Value, run.Length))];
}
