using System.Text;
using System.Text.RegularExpressions;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Vocabulary;

/// <summary>The published text scheme part by part: a string, the GPT-2 expression, UTF-8, GPT-2's characters, the merge loop.</summary>
/// <remarks>The expression runs on UTF-16 here, so a character above U+FFFF has no class of its own: only for text without them.</remarks>
internal sealed partial class NaiveByteLevel
{
    private static readonly char[] _characters = BytesToUnicode();

    private readonly Dictionary<char, int> _ids = [];
    private readonly NaiveBpe _bpe;

    /// <summary>A vocabulary as a file spells it.</summary>
    public NaiveByteLevel(IReadOnlyList<string> texts, ReadOnlySpan<BpeMerge> merges)
    {
        for (int id = 0; id < texts.Count; id++)
        {
            if (texts[id].Length == 1 && _characters.Contains(texts[id][0])) _ids[texts[id][0]] = id;
        }

        _bpe = new NaiveBpe([.. Enumerable.Range(0, texts.Count)], merges);
    }

    /// <summary>The character that GPT-2 writes for a byte.</summary>
    public static char Character(int value) => _characters[value];

    public static IEnumerable<string> Words(string text) => Words().Matches(text).Select(match => match.Value);

    /// <summary>A word, a character a byte.</summary>
    public static string Spell(string word) => string.Concat(Encoding.UTF8.GetBytes(word).Select(value => _characters[value]));

    /// <summary>The ids of a text; bytes without a token are left out, as the engine does.</summary>
    public int[] Encode(string text) =>
        [.. Words(text).SelectMany(word => _bpe.Encode([.. Spell(word).Where(_ids.ContainsKey).Select(Id)]))];

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    public static partial Regex Words();

    private int Id(char character) => _ids[character];

    // As bytes_to_unicode in GPT-2's encoder.py.
    private static char[] BytesToUnicode()
    {
        var characters = new char[256];
        List<int> printable = [.. Enumerable.Range('!', 94), .. Enumerable.Range('¡', 12), .. Enumerable.Range('®', 82)];
        foreach (int value in printable) characters[value] = (char)value;
        int next = 0;
        for (int value = 0; value < 256; value++)
        {
            if (!printable.Contains(value)) characters[value] = (char)(256 + next++);
        }

        return characters;
    }
}
