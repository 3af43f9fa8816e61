using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Tests.Normalization;
using Microsoft.ML.Tokenizers;

namespace Fast.Tokenizer.Tests.Interop;

public sealed class PromptTextEncoderTests
{
    [Fact]
    public void A_SentencePiece_model_gives_its_begin_and_end_and_adds_neither_to_a_text()
    {
        var model = SmallTextModel.SentencePiece();
        var text = new PromptTextEncoder(model);

        // The trap that the encoder is there for: asked plainly, the model adds begin-of-sentence.
        Assert.Equal(SmallTextModel.Ids("<bos>", "|"), model.EncodeToIds("|"));
        Assert.Equal(SmallTextModel.Ids("|"), text.Encode("|"));
        Assert.Equal((SmallTextModel.Begin, SmallTextModel.End), (text.BeginId, text.EndId));
    }

    // As sentencepiece gives them for a model without a dummy prefix: Gemma's "Action", ":", blank.
    [Fact]
    public void Opening_and_closing_are_those_of_the_model()
    {
        var text = new PromptTextEncoder(SmallTextModel.SentencePiece());

        Assert.Equal(SmallTextModel.Ids("Action", ":", "▁"), text.Opening);
        Assert.Equal(SmallTextModel.Ids("|"), text.Closing);
    }

    [Fact]
    public void A_dummy_prefix_is_kept_before_each_text_as_sentencepiece_does()
    {
        var text = new PromptTextEncoder(SmallTextModel.SentencePiece(dummyPrefix: true));

        Assert.Equal(SmallTextModel.Ids("▁", "Action", ":", "▁"), text.Opening);
        Assert.Equal(SmallTextModel.Ids("▁", "|"), text.Closing);
    }

    [Fact]
    public void A_unigram_model_without_byte_fallback_is_fine()
    {
        var text = new PromptTextEncoder(SmallTextModel.SentencePiece(bpe: false, byteFallback: false));

        Assert.Equal(SmallTextModel.Ids("Action", ":", "▁"), text.Opening);
    }

    // Where this fails, a newer Microsoft.ML.Tokenizers has the right ids and the refusal can go.
    [Fact]
    public void A_unigram_model_with_byte_fallback_is_refused_because_its_bytes_are_wrong()
    {
        var model = SmallTextModel.SentencePiece(bpe: false);

        Assert.NotEqual(SmallTextModel.Ids("<0xC3>", "<0xA9>"), model.EncodeToIds("é", false, false));
        Refusal.Says<ArgumentException>("wrong ids", () => new PromptTextEncoder(model));
    }

    [Fact]
    public void A_model_that_loses_the_closing_bar_is_refused() =>
        Refusal.Says<ArgumentException>("encodes \"|\" to nothing",
            () => new PromptTextEncoder(SmallTextModel.SentencePiece(removeExtraBlanks: true)));

    [Fact]
    public void A_byte_level_BPE_is_used_with_the_ends_it_is_given()
    {
        var model = SmallTextModel.ByteLevelBpe();
        var text = new PromptTextEncoder(model, beginId: null, endId: 1);

        Assert.Null(text.BeginId);
        Assert.Equal("Action: ", model.Decode(text.Opening));
        Assert.Equal(model.Vocabulary["Action"], text.Opening[0]);
        Assert.Equal([model.Vocabulary["|"]], text.Closing);
    }

    [Fact]
    public void A_tokenizer_that_adds_ids_of_its_own_is_refused()
    {
        Refusal.Says<ArgumentException>("back as \"<s>Task:",
            () => new PromptTextEncoder(SmallTextModel.ByteLevelBpe(begin: "<s>"), null, 1));
        Refusal.Says<ArgumentException>("|</s>\"", () => new PromptTextEncoder(SmallTextModel.ByteLevelBpe(end: "</s>"), null, 1));
    }

    [Fact]
    public void Ends_of_sentence_that_stand_in_the_text_around_the_actions_are_refused()
    {
        var model = SmallTextModel.ByteLevelBpe();
        int action = model.Vocabulary["Action"], bar = model.Vocabulary["|"];

        Refusal.Says<ArgumentException>("\"Action: \" to", () => new PromptTextEncoder(model, action, 1));
        Refusal.Says<ArgumentException>("\"|\" to", () => new PromptTextEncoder(model, null, bar));
    }

    // What BpeTokenizer does unless it is given a pre-tokenizer.
    [Fact]
    public void A_tokenizer_that_drops_blanks_is_refused() =>
        Refusal.Says<ArgumentException>("back as \"Task:a_b,State:-1128;Action:|\"",
            () => new PromptTextEncoder(SmallTextModel.ByteLevelBpe(keepBlanks: false), null, 1));

    [Fact]
    public void Negative_ids_and_no_tokenizer_are_refused()
    {
        var model = SmallTextModel.ByteLevelBpe();

        Assert.Throws<ArgumentOutOfRangeException>(() => new PromptTextEncoder(model, -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PromptTextEncoder(model, 0, -1));
        Assert.Throws<ArgumentNullException>(() => new PromptTextEncoder((SentencePieceTokenizer)null!));
    }
}
