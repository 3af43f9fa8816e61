using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Interop;

/// <summary>Writes <c>tokenizer.json</c> in the form every version of the Hugging Face engine reads, with merges as <c>"a b"</c>.</summary>
/// <remarks>
/// An integer alphabet has no pre-tokenizer, so merges cross anything, and a <c>Fuse</c> decoder, so tokens join without blanks.
/// A byte-level one has the parts that the published processor's trainer sets.
/// </remarks>
internal static class HuggingFaceTokenizerWriter
{
    private static readonly JsonWriterOptions _options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Write(CoefficientAlphabet alphabet, BpeVocabulary vocabulary)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, _options))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteNull("truncation");
            json.WriteNull("padding");
            json.WriteStartArray("added_tokens");
            json.WriteEndArray();
            json.WriteNull("normalizer");
            if (alphabet is ByteLevelAlphabet byteLevel)
            {
                WriteByteLevel(json, "pre_tokenizer", byteLevel.SplitsWords);
                WriteByteLevel(json, "post_processor", byteLevel.SplitsWords);
                WriteByteLevel(json, "decoder", byteLevel.SplitsWords);
            }
            else
            {
                json.WriteNull("pre_tokenizer");
                json.WriteNull("post_processor");
                json.WriteStartObject("decoder");
                json.WriteString("type", "Fuse");
                json.WriteEndObject();
            }

            WriteModel(json, Texts(alphabet, vocabulary), vocabulary);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string part, bool splitsWords)
    {
        json.WriteStartObject(part);
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", splitsWords);
        json.WriteEndObject();
    }

    private static IReadOnlyList<string> Texts(CoefficientAlphabet alphabet, BpeVocabulary vocabulary)
    {
        if (alphabet is ByteLevelAlphabet byteLevel) return byteLevel.TokenTexts;

        var texts = new string[vocabulary.Count];
        for (int token = 0; token < texts.Length; token++)
            texts[token] = IntegerAlphabetText.Spell((IntegerAlphabet)alphabet, vocabulary.GetSymbols(token));
        return texts;
    }

    private static void WriteModel(Utf8JsonWriter json, IReadOnlyList<string> texts, BpeVocabulary vocabulary)
    {
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteNull("unk_token");
        json.WriteNull("continuing_subword_prefix");
        json.WriteNull("end_of_word_suffix");
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", false);

        json.WriteStartObject("vocab");
        var written = new HashSet<string>(StringComparer.Ordinal);
        for (int token = 0; token < texts.Count; token++)
        {
            if (!written.Add(texts[token]))
            {
                throw new InvalidOperationException(
                    $"token {token} expands to the same symbols as an earlier one: a Hugging Face vocabulary cannot hold both");
            }

            json.WriteNumber(texts[token], token);
        }

        json.WriteEndObject();

        WriteMerges(json, texts, vocabulary.Merges);
        json.WriteEndObject();
    }

    // "a b" is what every version of the engine reads, but cannot say where a part that holds a blank ends. It takes no mixture.
    private static void WriteMerges(Utf8JsonWriter json, IReadOnlyList<string> texts, ReadOnlySpan<BpeMerge> merges)
    {
        bool asPairs = false;
        foreach (BpeMerge merge in merges) asPairs |= texts[merge.Token].Contains(' ');

        json.WriteStartArray("merges");
        foreach (BpeMerge merge in merges)
        {
            if (!asPairs)
            {
                json.WriteStringValue($"{texts[merge.Left]} {texts[merge.Right]}");
                continue;
            }

            json.WriteStartArray();
            json.WriteStringValue(texts[merge.Left]);
            json.WriteStringValue(texts[merge.Right]);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }
}
