namespace Fast.Tokenizer.Vocabulary;

/// <summary>How the merge loop builds each token, and from it whether two tokens can stand side by side in its result.</summary>
/// <remarks>
/// Two facts carry the linear encoder. A token in a result was built inside its own span, in the same steps as if it stood alone; so it has
/// one derivation. And a sequence of tokens is the merge loop's result exactly when each pair of neighbours is, because the first merge
/// that crosses a boundary would also be the first to cross it with only the two neighbours present. The idea of checking pairs instead of
/// merging is that of the <c>bpe</c> crate of github/rust-gems; the ranks here are places in the list of merges, not token ids.
/// </remarks>
internal sealed class BpeDerivations
{
    /// <summary>The most merges, one inside the other, that may make a token. Trained vocabularies have some tens.</summary>
    public const int MaxDepth = 512;

    private const int Never = int.MaxValue;
    private const int Unreachable = int.MinValue;
    private const int Symbol = -1;

    private readonly PairTable _ranks;
    private readonly int[] _birth;
    private readonly int[] _left;
    private readonly int[] _right;
    private readonly PairMemo _memo = new();

    private BpeDerivations(int tokens, PairTable ranks)
    {
        _ranks = ranks;
        _birth = new int[tokens];
        _left = new int[tokens];
        _right = new int[tokens];
        Array.Fill(_birth, Unreachable);
    }

    /// <summary>Whether encoding can ever give the token.</summary>
    public bool IsReachable(int token) => _birth[token] != Unreachable;

    /// <summary>
    /// Derives every token, or gives null where a merge comes before the merges that make its parts, or they go too deep.
    /// </summary>
    /// <remarks>
    /// No trainer writes such lists, but a file may hold one. In the first kind ranks are not the order of events, on which the pair check
    /// rests. In the second (a+a, aa+a, aaa+a ...) a pair check costs as much as the list is long, and loading its square.
    /// </remarks>
    public static BpeDerivations? TryCreate(BpeVocabulary vocabulary, PairTable ranks)
    {
        var derivations = new BpeDerivations(vocabulary.Count, ranks);
        foreach (int token in vocabulary.SymbolTokens)
        {
            if (token >= 0) derivations._birth[token] = Symbol;
        }

        var depths = new int[vocabulary.Count];
        ReadOnlySpan<BpeMerge> merges = vocabulary.Merges;
        for (int rank = 0; rank < merges.Length; rank++)
        {
            (int left, int right, int token) = merges[rank];
            if (ranks.Get(left, right, Never) != rank || !derivations.IsReachable(left) || !derivations.IsReachable(right)) continue;
            if (!derivations.CanMeet(left, right, checkWhole: false)) continue;
            if (derivations.IsReachable(token)) return null;
            depths[token] = Math.Max(depths[left], depths[right]) + 1;
            if (depths[token] > MaxDepth) return null;
            (derivations._birth[token], derivations._left[token], derivations._right[token]) = (rank, left, right);
        }

        for (int rank = 0; rank < merges.Length; rank++)
        {
            (int left, int right, _) = merges[rank];
            if (ranks.Get(left, right, Never) == rank && (derivations._birth[left] > rank || derivations._birth[right] > rank)) return null;
        }

        return derivations;
    }

    /// <summary>Whether the merge loop, given the symbols of both tokens, ends with these two tokens.</summary>
    public bool CanStandTogether(int left, int right)
    {
        if (_memo.TryGet(left, right, out bool known)) return known;
        bool answer = CanMeet(left, right, checkWhole: true);
        _memo.Set(left, right, answer);
        return answer;
    }

    // Plays both derivations backwards, the latest merge first. At each moment the tokens that touch at the boundary must not have been
    // merged before the next event tears them from it: a merge on the left wins a tie of ranks (leftmost first), one on the right loses it.
    private bool CanMeet(int left, int right, bool checkWhole)
    {
        int limit = checkWhole ? Never : -1;
        while (true)
        {
            if (_ranks.Get(left, right, Never) < limit) return false;

            int leftBirth = _birth[left], rightBirth = _birth[right];
            if (leftBirth > rightBirth)
            {
                limit = leftBirth;
                left = _right[left];
            }
            else
            {
                if (rightBirth == Symbol) return true;
                limit = rightBirth + 1;
                right = _left[right];
            }
        }
    }
}
