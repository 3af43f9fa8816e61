using System.Text;

namespace Fast.Tokenizer.Vocabulary;

/// <summary>Vocabularies over bytes whose tokens are spelled with GPT-2's characters, in which every byte is printable.</summary>
internal static class ByteLevelVocabulary
{
    private const int ByteCount = 256;

    private static readonly char[] _characters = MakeCharacters();
    private static readonly int[] _bytes = MakeBytes();

    /// <summary>The character of a byte.</summary>
    public static char Character(int value) => _characters[value];

    /// <summary>The vocabulary of tokens that are spelled so.</summary>
    /// <param name="texts">The spelling of each token, by id.</param>
    /// <param name="merges">Merges in order of rank.</param>
    public static BpeVocabulary Create(IReadOnlyList<string> texts, ReadOnlySpan<BpeMerge> merges)
    {
        var symbolTokens = new int[ByteCount];
        Array.Fill(symbolTokens, -1);
        var expansions = new int[texts.Count][];
        for (int token = 0; token < texts.Count; token++)
        {
            expansions[token] = Expand(texts[token]);
            if (texts[token].Length == 1 && ByteOf(texts[token][0]) is >= 0 and int value) symbolTokens[value] = token;
        }

        return new BpeVocabulary(symbolTokens, expansions, merges);
    }

    // A token with a character that stands for no byte can never be encoded; the engine decodes it to its own UTF-8 form.
    private static int[] Expand(string text)
    {
        var bytes = new int[text.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = ByteOf(text[i]);
            if (bytes[i] < 0) return [.. Encoding.UTF8.GetBytes(text).Select(value => (int)value)];
        }

        return bytes;
    }

    private static int ByteOf(char character) => character < _bytes.Length ? _bytes[character] : -1;

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

    private static int[] MakeBytes()
    {
        var bytes = new int[_characters.Max() + 1];
        Array.Fill(bytes, -1);
        for (int value = 0; value < ByteCount; value++) bytes[_characters[value]] = value;
        return bytes;
    }
}
