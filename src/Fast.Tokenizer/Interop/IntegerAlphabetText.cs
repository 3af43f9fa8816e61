using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Interop;

/// <summary>The characters that stand for the symbols of an integer alphabet in a Hugging Face folder.</summary>
/// <remarks>
/// The Python processor turns a coefficient into the character <c>coefficient - min_token</c>. Symbols take consecutive characters from a
/// block without blanks, controls, digits, combining marks or surrogates: Latin and phonetic letters from U+0100, or for larger alphabets
/// the CJK ideographs from U+4E00.
/// </remarks>
internal static class IntegerAlphabetText
{
    private const int LatinStart = 0x0100;
    private const int LatinCount = 0x0300 - LatinStart;
    private const int IdeographStart = 0x4E00;

    /// <summary>The character of the smallest coefficient.</summary>
    public static char First(IntegerAlphabet alphabet) => (char)(alphabet.SymbolCount <= LatinCount ? LatinStart : IdeographStart);

    /// <summary>What the processor calls <c>min_token</c>.</summary>
    public static int MinToken(IntegerAlphabet alphabet) => alphabet.MinCoefficient - First(alphabet);

    /// <summary>The text of a token: one character a symbol.</summary>
    public static string Spell(IntegerAlphabet alphabet, ReadOnlySpan<int> symbols)
    {
        char first = First(alphabet);
        var text = new char[symbols.Length];
        for (int i = 0; i < text.Length; i++) text[i] = (char)(first + symbols[i]);
        return new string(text);
    }

    /// <summary>
    /// The alphabet and vocabulary of a file without a pre-tokenizer, such as <see cref="HuggingFaceTokenizerWriter"/> writes.
    /// </summary>
    /// <remarks>
    /// The alphabet is the single characters that the vocabulary starts with; each other token is made of them. A token may lack a merge:
    /// it decodes, and encoders that choose may use it.
    /// </remarks>
    /// <exception cref="InvalidDataException">
    /// The first tokens are not consecutive characters, a later one is not made of them, or the merges are not in the order of their
    /// tokens.
    /// </exception>
    public static (CoefficientAlphabet Alphabet, BpeVocabulary Vocabulary) Vocabulary(HuggingFaceTokenizer file, int minToken, string path)
    {
        int symbols = file.Tokens.TakeWhile(token => token.Length == 1).Count();
        if (symbols < 1) throw new InvalidDataException($"{path}: the first token is not a single character");
        char first = file.Tokens[0][0];
        for (int symbol = 0; symbol < symbols; symbol++)
        {
            if (file.Tokens[symbol][0] != first + symbol)
            {
                throw new InvalidDataException(
                    $"{path}: the first {symbols} tokens are not consecutive characters: token {symbol} is not U+{first + symbol:X4}");
            }
        }

        try
        {
            var alphabet = new IntegerAlphabet(checked(minToken + first), checked(minToken + first + symbols - 1));
            if (First(alphabet) != first)
                throw new InvalidDataException($"{path}: the characters start at U+{(int)first:X4}, expected U+{(int)First(alphabet):X4}");
            CheckMerges(file.Merges, symbols, file.Tokens.Length, path);
            int[][] expansions = [.. file.Tokens.Select((_, token) => Symbols(file.Tokens, token, first, symbols, path))];
            return (alphabet, new BpeVocabulary([.. Enumerable.Range(0, symbols)], expansions, file.Merges));
        }
        catch (Exception problem) when (problem is ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"{path}: {problem.Message}", problem);
        }
    }

    // What a trainer writes: the tokens in the order in which they were merged, from parts that merging reaches.
    private static void CheckMerges(BpeMerge[] merges, int symbols, int count, string path)
    {
        var reached = new bool[count];
        Array.Fill(reached, true, 0, symbols);
        int last = symbols - 1;
        for (int rank = 0; rank < merges.Length; rank++)
        {
            (int left, int right, int token) = merges[rank];
            if (!reached[left] || !reached[right])
            {
                throw new InvalidDataException(
                    $"{path}: merge {rank} joins tokens {left} and {right}, of which no earlier merge makes one");
            }

            if (token <= last)
            {
                throw new InvalidDataException(
                    $"{path}: merge {rank} makes token {token}, expected one above {last}: merges must be in order");
            }

            reached[token] = true;
            last = token;
        }
    }

    private static int[] Symbols(string[] tokens, int token, char first, int count, string path)
    {
        string text = tokens[token];
        var symbols = new int[text.Length];
        for (int i = 0; i < symbols.Length; i++)
        {
            symbols[i] = text[i] - first;
            if ((uint)symbols[i] >= (uint)count)
            {
                throw new InvalidDataException(
                    $"{path}: token {token} holds U+{(int)text[i]:X4}, which is not among the first {count} tokens");
            }
        }

        return symbols;
    }
}
