using Microsoft.ML.Tokenizers;
using TextTokenizer = Microsoft.ML.Tokenizers.Tokenizer;

namespace Fast.Tokenizer.Interop;

/// <summary>
/// A model's text tokenizer as prompts need it: text without any id that the text does not hold, and the ids around it apart.
/// </summary>
/// <remarks>
/// <para>
/// openpi encodes with Python's sentencepiece: <c>encode(prefix, add_bos=True)</c>, <c>encode("Action: ")</c>, <c>encode("|",
/// add_eos=True)</c>. A <see cref="SentencePieceTokenizer"/> differs: its plain <c>EncodeToIds(text)</c> puts begin-of-sentence before
/// every text unless it was made otherwise. Here it is always asked without, and a prompt adds the ids where they belong.
/// </para>
/// <para>
/// Known differences of Microsoft.ML.Tokenizers 2.0 from sentencepiece: a BPE model cuts user-defined pieces of several characters, such
/// as PaliGemma's <c>&lt;loc0001&gt;</c>, unless they are given to it as special tokens; a BPE model that removes extra blanks gives
/// nothing for a text of one character; a unigram model with byte fallback gives wrong ids for characters outside its vocabulary. The
/// last two are refused here.
/// </para>
/// </remarks>
public sealed class PromptTextEncoder
{
    private readonly TextTokenizer _tokenizer;

    /// <summary>Uses a SentencePiece model (PaliGemma, Gemma, LLaMA), with the begin and end of sentence that it names.</summary>
    /// <param name="tokenizer">The model.</param>
    /// <exception cref="ArgumentException">The tokenizer cannot encode what stands around the actions, or encodes it wrongly.</exception>
    public PromptTextEncoder(SentencePieceTokenizer tokenizer)
        : this(tokenizer, tokenizer?.BeginningOfSentenceId, tokenizer?.EndOfSentenceId ?? 0)
    {
    }

    /// <summary>Uses any tokenizer.</summary>
    /// <param name="tokenizer">
    /// The tokenizer. It must not add ids of its own around a text, and it must keep the text: a <see cref="BpeTokenizer"/> made without a
    /// pre-tokenizer drops blanks, and is refused.
    /// </param>
    /// <param name="beginId">Model id of begin-of-sentence; null for a model that has none.</param>
    /// <param name="endId">Model id of end-of-sentence, at least 0.</param>
    /// <exception cref="ArgumentException">The tokenizer cannot encode what stands around the actions, or encodes it wrongly.</exception>
    public PromptTextEncoder(TextTokenizer tokenizer, int? beginId, int endId)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (beginId is { } begin) ArgumentOutOfRangeException.ThrowIfNegative(begin, nameof(beginId));
        ArgumentOutOfRangeException.ThrowIfNegative(endId);
        if (tokenizer is SentencePieceTokenizer { ByteFallback: true } model && !model.Vocabulary.ContainsKey("<0x00>"))
        {
            throw new ArgumentException(
                "Microsoft.ML.Tokenizers encodes characters outside the vocabulary of this unigram model with byte fallback " +
                "to wrong ids: use a BPE model, or one without byte fallback",
                nameof(tokenizer));
        }

        const string Probe = "Task: a_b, State: -1 128;\nAction: |";
        if (tokenizer is not SentencePieceTokenizer && tokenizer.Decode(tokenizer.EncodeToIds(Probe)) is var text && text != Probe)
        {
            throw new ArgumentException(
                $"the tokenizer reads \"{Probe}\" back as \"{text}\": make it with the model's own pre-tokenizer, " +
                "without normalisation and without begin or end of sentence",
                nameof(tokenizer));
        }

        _tokenizer = tokenizer;
        BeginId = beginId;
        EndId = endId;
        Opening = Marker(tokenizer, "Action: ");
        Closing = Marker(tokenizer, "|");
    }

    /// <summary>Model id of begin-of-sentence; null where the model has none.</summary>
    public int? BeginId { get; }

    /// <summary>Model id of end-of-sentence.</summary>
    public int EndId { get; }

    // The ids of "Action: ", which open the actions.
    internal int[] Opening { get; }

    // The ids of "|", which close them.
    internal int[] Closing { get; }

    internal IReadOnlyList<int> Encode(string text) => Encode(_tokenizer, text);

    // A prompt can only be told apart from its actions where none of its own ids is an action token.
    internal void CheckApart(ModelIdMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        foreach (int id in (int[])[.. Opening, .. Closing, EndId, BeginId ?? EndId])
        {
            if (!map.TryToActionToken(id, out int token)) continue;
            throw new ArgumentException(
                $"the model id {id} is action token {token} in the map, but it also stands in \"Action: \", \"|\" or at an end of the " +
                "sentence: use a map over other ids",
                nameof(map));
        }
    }

    private static IReadOnlyList<int> Encode(TextTokenizer tokenizer, string text) => tokenizer is SentencePieceTokenizer model
        ? model.EncodeToIds(text, addBeginningOfSentence: false, addEndOfSentence: false)
        : tokenizer.EncodeToIds(text);

    private int[] Marker(TextTokenizer tokenizer, string text)
    {
        int[] ids = [.. Encode(tokenizer, text)];
        if (ids.Length == 0)
            throw new ArgumentException($"the tokenizer encodes \"{text}\" to nothing: give one that keeps it", nameof(tokenizer));
        if (Array.IndexOf(ids, EndId) >= 0 || (BeginId is { } begin && Array.IndexOf(ids, begin) >= 0))
        {
            throw new ArgumentException(
                $"the tokenizer encodes \"{text}\" to {string.Join(' ', ids)}, with begin or end of sentence in it: give the ids of those",
                nameof(tokenizer));
        }

        return ids;
    }
}
