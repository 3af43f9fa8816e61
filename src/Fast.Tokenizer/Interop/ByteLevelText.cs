using System.Text;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Interop;

/// <summary>The characters that stand for bytes in a byte-level vocabulary: GPT-2's table, in which every byte is printable.</summary>
internal static class ByteLevelText
{
    private const int ByteCount = 256;

    private static readonly char[] _characters = MakeCharacters();
    private static readonly Dictionary<char, int> _bytes = Enumerable.Range(0, ByteCount).ToDictionary(value => _characters[value]);

    /// <summary>The character of a byte.</summary>
    public static char Character(int value) => _characters[value];

    /// <summary>The vocabulary that a file describes, over bytes.</summary>
    public static BpeVocabulary Vocabulary(HuggingFaceTokenizer file)
    {
        var symbolTokens = new int[ByteCount];
        Array.Fill(symbolTokens, -1);
        var expansions = new int[file.Tokens.Length][];
        for (int token = 0; token < file.Tokens.Length; token++)
        {
            string text = file.Tokens[token];
            expansions[token] = Expand(text);
            if (text.Length == 1 && _bytes.TryGetValue(text[0], out int value)) symbolTokens[value] = token;
        }

        return new BpeVocabulary(symbolTokens, expansions, file.Merges);
    }

    // A token with a character that stands for no byte can never be encoded; the engine decodes it to its own UTF-8 form.
    private static int[] Expand(string text) => text.All(_bytes.ContainsKey)
        ? [.. text.Select(character => _bytes[character])]
        : [.. Encoding.UTF8.GetBytes(text).Select(value => (int)value)];

    private static char[] MakeCharacters()
    {
        var characters = new char[ByteCount];
        char next = (char)ByteCount;
        for (int value = 0; value < ByteCount; value++)
        {
            bool printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[value] = printable ? (char)value : next++;
        }

        return characters;
    }
}
