using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Microsoft.ML.Tokenizers;

namespace Fast.Tokenizer.Tests.Interop;

/// <summary>Small text tokenizers made in memory: a SentencePiece model with the layout of Gemma's, and a byte-level BPE.</summary>
internal static partial class SmallTextModel
{
    public const int Padding = 0, End = 1, Begin = 2;

    private const int Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Byte = 6;

    // As in Gemma: control pieces, 256 bytes, then pieces by falling score, whole words first, characters last.
    public static IReadOnlyList<(string Piece, float Score, int Type)> Pieces { get; } = MakePieces();

    /// <summary>The id of a piece.</summary>
    public static int Id(string piece) => Pieces.Index().First(p => p.Item.Piece == piece).Index;

    /// <summary>The ids of pieces.</summary>
    public static int[] Ids(params string[] pieces) => [.. pieces.Select(Id)];

    /// <summary>A SentencePiece model; by default BPE without a dummy prefix, as PaliGemma's.</summary>
    public static SentencePieceTokenizer SentencePiece(
        bool bpe = true, bool dummyPrefix = false, bool removeExtraBlanks = false, bool byteFallback = true) =>
        SentencePieceTokenizer.Create(Model(bpe, dummyPrefix, removeExtraBlanks, byteFallback));

    /// <summary>A byte-level BPE as Qwen's: every byte is a character of the vocabulary, and a few words are merged.</summary>
    public static BpeTokenizer ByteLevelBpe(string? begin = null, string? end = null, bool keepBlanks = true)
    {
        string[] specials = ["<s>", "</s>"];
        string[] merges = ["A c", "t i", "o n", "Ac ti", "Acti on", "T a", "s k", "Ta sk"];
        string[] tokens = [.. specials, .. ByteCharacters(), .. merges.Select(m => m.Replace(" ", "", StringComparison.Ordinal))];
        var vocabulary = tokens.Select((token, id) => KeyValuePair.Create(token, id));
        return BpeTokenizer.Create(new BpeOptions(vocabulary)
        {
            Merges = merges,
            ByteLevel = true,
            PreTokenizer = keepBlanks ? new RegexPreTokenizer(WordsWithBlanks(), specialTokens: null) : null,
            BeginningOfSentenceToken = begin,
            EndOfSentenceToken = end,
        });
    }

    // A blank goes with the word after it, as in GPT-2 and Qwen.
    [GeneratedRegex(@" ?[\p{L}\p{M}]+| ?\p{N}+| ?[^\s\p{L}\p{M}\p{N}]+|\s+")]
    private static partial Regex WordsWithBlanks();

    // GPT-2's characters for bytes: the printable ones stand for themselves, the others from U+0100 up.
    private static IEnumerable<string> ByteCharacters()
    {
        int next = 0x100;
        for (int b = 0; b < 256; b++)
        {
            bool printable = b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE;
            yield return ((char)(printable ? b : next++)).ToString();
        }
    }

    private static List<(string, float, int)> MakePieces()
    {
        List<(string, float, int)> pieces = [("<pad>", 0, Control), ("<eos>", 0, Control), ("<bos>", 0, Control), ("<unk>", 0, Unknown)];
        for (int b = 0; b < 256; b++) pieces.Add(($"<0x{b:X2}>", 0, Byte));
        float score = 0;
        foreach (string piece in "Action Acti tion Task State Stat Ac ti on Ta sk St at ▁a 128 12".Split(' '))
            pieces.Add((piece, --score, Normal));
        foreach (Rune rune in "\n▁ATS0123456789:;,|-abcdefghijklmnopqrstuvwxyz".EnumerateRunes())
            pieces.Add((rune.ToString(), --score, rune.Value == '\n' ? UserDefined : Normal));
        return pieces;
    }

    // The fields of sentencepiece_model.proto that a tokenizer needs.
    private static MemoryStream Model(bool bpe, bool dummyPrefix, bool removeExtraBlanks, bool byteFallback)
    {
        byte[] trainer = Message(m =>
        {
            Number(m, 3, bpe ? 2 : 1);
            Number(m, 35, byteFallback ? 1 : 0);
            Number(m, 40, 3);
            Number(m, 41, Begin);
            Number(m, 42, End);
            Number(m, 43, Padding);
        });
        byte[] normalizer = Message(m =>
        {
            Number(m, 3, dummyPrefix ? 1 : 0);
            Number(m, 4, removeExtraBlanks ? 1 : 0);
            Number(m, 5, 1);
        });
        return new MemoryStream(Message(m =>
        {
            foreach (var (piece, score, type) in Pieces)
            {
                Nested(m, 1, Message(p =>
                {
                    p.WriteTag(1, WireFormat.WireType.LengthDelimited);
                    p.WriteString(piece);
                    p.WriteTag(2, WireFormat.WireType.Fixed32);
                    p.WriteFloat(score);
                    Number(p, 3, type);
                }));
            }

            Nested(m, 2, trainer);
            Nested(m, 3, normalizer);
        }));
    }

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        var memory = new MemoryStream();
        using (var output = new CodedOutputStream(memory, leaveOpen: true)) write(output);
        return memory.ToArray();
    }

    private static void Number(CodedOutputStream output, int field, int value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt32(value);
    }

    private static void Nested(CodedOutputStream output, int field, byte[] message)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(message));
    }
}
