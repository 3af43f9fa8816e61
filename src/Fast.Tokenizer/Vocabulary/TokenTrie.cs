namespace Fast.Tokenizer.Vocabulary;

/// <summary>Finds the longest token that a sequence starts with.</summary>
/// <remarks>
/// Nodes stand only where a token ends or two part, so there are two for each token at most: a walk compares stretches of symbols instead
/// of looking up each one, and memory does not grow with the lengths, which a hostile list of merges can make very large.
/// </remarks>
internal sealed class TokenTrie
{
    /// <summary>The answer where no token fits.</summary>
    public const int None = -1;

    private const int Root = 0;

    private readonly BpeVocabulary _vocabulary;
    private readonly int[] _rootChildren;
    private readonly PairTable _children;
    private readonly Node[] _nodes;
    private int _count = 1;

    /// <summary>Makes a trie that holds no token yet.</summary>
    public TokenTrie(BpeVocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        _rootChildren = new int[vocabulary.SymbolCount];
        Array.Fill(_rootChildren, None);
        _children = new PairTable(vocabulary.Count);
        _nodes = new Node[checked((vocabulary.Count * 2) + 1)];
    }

    /// <summary>Adds a token; no two may expand to the same symbols.</summary>
    public void Add(int token)
    {
        ReadOnlySpan<int> symbols = _vocabulary.GetSymbols(token);
        int node = Root, depth = 0;
        while (depth < symbols.Length)
        {
            int child = Child(node, symbols[depth]);
            if (child == None)
            {
                child = AddNode(new Node(None, token, depth, symbols.Length - depth));
                SetChild(node, symbols[depth], child);
            }

            ref Node next = ref _nodes[child];
            int common = symbols[depth..].CommonPrefixLength(Label(next));
            if (common < next.Length)
            {
                int upper = AddNode(new Node(None, next.Source, next.Start, common));
                next = new Node(next.Token, next.Source, next.Start + common, next.Length - common);
                SetChild(node, symbols[depth], upper);
                SetChild(upper, Label(next)[0], child);
                child = upper;
            }

            depth += common;
            node = child;
        }

        _nodes[node] = _nodes[node] with { Token = token };
    }

    /// <summary>The longest token whose symbols the sequence starts with, or <see cref="None"/>.</summary>
    public int LongestMatch(ReadOnlySpan<int> symbols)
    {
        int node = Root, token = None;
        while (!symbols.IsEmpty)
        {
            node = Child(node, symbols[0]);
            if (node == None) break;
            ref readonly Node next = ref _nodes[node];
            if (!symbols.StartsWith(Label(next))) break;
            if (next.Token != None) token = next.Token;
            symbols = symbols[next.Length..];
        }

        return token;
    }

    private ReadOnlySpan<int> Label(in Node node) => _vocabulary.GetSymbols(node.Source).Slice(node.Start, node.Length);

    private int Child(int node, int symbol) => node == Root ? _rootChildren[symbol] : _children.Get(node, symbol, None);

    private void SetChild(int node, int symbol, int child)
    {
        if (node == Root) _rootChildren[symbol] = child;
        else _children.Set(node, symbol, child);
    }

    private int AddNode(Node node)
    {
        _nodes[_count] = node;
        return _count++;
    }

    // The stretch of symbols that leads to the node is a part of the expansion of the token that first went this way.
    private readonly record struct Node(int Token, int Source, int Start, int Length);
}
