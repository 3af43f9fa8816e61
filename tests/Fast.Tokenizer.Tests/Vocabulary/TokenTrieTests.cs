using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Vocabulary;

public sealed class TokenTrieTests
{
    [Fact]
    public void Every_token_stands_at_the_end_of_its_own_symbols_and_nowhere_else()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            (BpeVocabulary vocabulary, int[] tokens, TokenTrie trie) = Next(random);
            foreach (int token in tokens)
            {
                ReadOnlySpan<int> symbols = vocabulary.GetSymbols(token);
                int node = TokenTrie.Root, depth = 0;
                while (depth < symbols.Length)
                {
                    Assert.True(trie.HasChildren(node));
                    node = trie.Child(node, symbols[depth]);
                    Assert.NotEqual(TokenTrie.None, node);
                    ReadOnlySpan<int> label = trie.Label(node);
                    Assert.True(symbols[depth..].StartsWith(label));
                    depth += label.Length;
                }

                Assert.Equal(token, trie.Token(node));
            }

            IEnumerable<int> ends = Enumerable.Range(0, trie.NodeCount).Select(trie.Token).Where(token => token != TokenTrie.None);
            Assert.Equal(tokens.Order(), ends.Order());
            Assert.InRange(trie.NodeCount, tokens.Length, (2 * tokens.Length) + 1);
        }
    }

    [Fact]
    public void A_node_has_a_child_for_each_symbol_that_some_token_goes_on_with()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            (BpeVocabulary vocabulary, _, TokenTrie trie) = Next(random);
            int parents = 0, length = 0;
            for (int node = 0; node < trie.NodeCount; node++)
            {
                IEnumerable<int> answers = Enumerable.Range(0, vocabulary.SymbolCount).Select(symbol => trie.Child(node, symbol));
                int[] children = [.. answers.Where(child => child != TokenTrie.None)];
                Assert.Equal(children.Length > 0, trie.HasChildren(node));
                Assert.Equal(children.Distinct(), children);
                Assert.Equal(TokenTrie.None, trie.Child(node, vocabulary.SymbolCount));
                parents += children.Length;
                length += trie.Label(node).Length;
                Assert.InRange(trie.LabelStart(node), 0, trie.LabelsLength);
            }

            // A tree: each node but the root is the child of one.
            Assert.Equal(trie.NodeCount - 1, parents);
            Assert.Equal(trie.LabelsLength, length);
            Assert.True(trie.Label(TokenTrie.Root).IsEmpty);
        }
    }

    [Fact]
    public void The_longest_match_is_the_longest_token_that_the_symbols_start_with()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            (BpeVocabulary vocabulary, int[] tokens, TokenTrie trie) = Next(random);
            for (int i = 0; i < 60; i++)
            {
                int[] symbols = random.Next(2) == 0
                    ? Vocabularies.Sequence(random, vocabulary.SymbolCount, random.Next(12))
                    : Vocabularies.Expansions(random, vocabulary, random.Next(1, 4));
                int expected = tokens.Where(token => symbols.AsSpan().StartsWith(vocabulary.GetSymbols(token)))
                    .OrderBy(token => vocabulary.GetSymbols(token).Length).LastOrDefault(TokenTrie.None);
                Assert.Equal(expected, trie.LongestMatch(symbols));
            }
        }
    }

    [Fact]
    public void A_trie_of_nothing_matches_nothing()
    {
        var trie = new TokenTrie(new BpeVocabulary(2, []), []);
        Assert.Equal(1, trie.NodeCount);
        Assert.Equal(0, trie.LabelsLength);
        Assert.False(trie.HasChildren(TokenTrie.Root));
        Assert.Equal(TokenTrie.None, trie.Child(TokenTrie.Root, 0));
        Assert.Equal(TokenTrie.None, trie.LongestMatch([0, 1]));
        Assert.Equal(TokenTrie.None, trie.LongestMatch([]));
    }

    // Some of the tokens of a vocabulary, no two of the same symbols; now and then most symbols begin none.
    private static (BpeVocabulary Vocabulary, int[] Tokens, TokenTrie Trie) Next(Random random)
    {
        int symbols = random.Next(3) == 0 ? random.Next(1, 300) : random.Next(1, 5);
        BpeVocabulary vocabulary = Vocabularies.Untrained(random, symbols, random.Next(120), longest: 40);
        int[] tokens = [.. Enumerable.Range(0, vocabulary.Count).Where(_ => random.Next(4) > 0)
            .DistinctBy(token => string.Join(',', vocabulary.GetSymbols(token).ToArray()))];
        random.Shuffle(tokens);
        return (vocabulary, tokens, new TokenTrie(vocabulary, tokens));
    }
}
