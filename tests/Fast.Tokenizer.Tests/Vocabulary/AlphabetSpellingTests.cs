using System.Text;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Vocabulary;

public sealed class AlphabetSpellingTests
{
    [Fact]
    public void An_integer_is_one_symbol_and_begins_with_it()
    {
        var alphabet = new IntegerAlphabet(-7, 12);
        Span<int> symbols = [-1, -1];
        for (int coefficient = -7; coefficient <= 12; coefficient++)
        {
            Assert.Equal(1, alphabet.Spell(coefficient, symbols));
            Assert.Equal([coefficient + 7, -1], symbols);
            Assert.True(alphabet.Begins(symbols[0]));
        }
    }

    [Fact]
    public void A_character_is_spelled_by_its_bytes_and_only_the_first_begins_it()
    {
        const int MinToken = -354;
        var alphabet = new ByteLevelAlphabet(MinToken, splitsWords: true, []);
        var symbols = new int[4];
        foreach (int character in (int[])[0, 0x41, 0x7F, 0x80, 0x162, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF])
        {
            byte[] bytes = Encoding.UTF8.GetBytes(char.ConvertFromUtf32(character));
            int length = alphabet.Spell(MinToken + character, symbols);
            Assert.Equal(bytes.Select(value => (int)value), symbols.Take(length));
            Assert.Equal([true, false, false, false], symbols.Take(length).Select(alphabet.Begins).Concat([false, false, false]).Take(4));
        }
    }

    [Theory]
    [InlineData(1 << 30)]
    [InlineData(-(1 << 30))]
    [InlineData(-354)]
    public void A_byte_level_alphabet_reaches_from_its_first_character_to_the_last_of_Unicode(int minToken)
    {
        var alphabet = new ByteLevelAlphabet(minToken, splitsWords: false, ["a"]);
        Assert.Equal((minToken, minToken, minToken + 0x10FFFF), (alphabet.MinToken, alphabet.MinCoefficient, alphabet.MaxCoefficient));
        Assert.Equal((256, 4), (alphabet.SymbolCount, alphabet.MaxSymbolsPerCoefficient));
        Assert.False(alphabet.SplitsWords);
        Assert.Equal(["a"], alphabet.TokenTexts);
    }
}
