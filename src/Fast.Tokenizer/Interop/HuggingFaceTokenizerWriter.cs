using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Interop;

/// <summary>Writes <c>tokenizer.json</c> for an integer alphabet in the form every version of the Hugging Face engine reads.</summary>
/// <remarks>No pre-tokenizer, so merges cross anything; a <c>Fuse</c> decoder, so tokens join without blanks; merges as <c>"a b"</c>.</remarks>
internal static class HuggingFaceTokenizerWriter
{
    private static readonly JsonWriterOptions _options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Write(IntegerAlphabet alphabet, BpeVocabulary vocabulary)
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
            json.WriteNull("pre_tokenizer");
            json.WriteNull("post_processor");
            json.WriteStartObject("decoder");
            json.WriteString("type", "Fuse");
            json.WriteEndObject();
            WriteModel(json, alphabet, vocabulary);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteModel(Utf8JsonWriter json, IntegerAlphabet alphabet, BpeVocabulary vocabulary)
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
        var texts = new HashSet<string>(StringComparer.Ordinal);
        for (int token = 0; token < vocabulary.Count; token++)
        {
            string text = IntegerAlphabetText.Spell(alphabet, vocabulary.GetSymbols(token));
            if (!texts.Add(text))
                throw new InvalidOperationException($"token {token} expands to the same symbols as an earlier one: a Hugging Face vocabulary cannot hold both");
            json.WriteNumber(text, token);
        }

        json.WriteEndObject();

        json.WriteStartArray("merges");
        foreach (BpeMerge merge in vocabulary.Merges)
        {
            string left = IntegerAlphabetText.Spell(alphabet, vocabulary.GetSymbols(merge.Left));
            string right = IntegerAlphabetText.Spell(alphabet, vocabulary.GetSymbols(merge.Right));
            json.WriteStringValue($"{left} {right}");
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
