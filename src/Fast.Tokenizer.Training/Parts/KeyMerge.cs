namespace Fast.Tokenizer.Training.Parts;

/// <summary>Merges ascending strings of several cursors into one: equal strings once, with the sum of their counts.</summary>
/// <remarks>
/// A tournament tree (Knuth, The Art of Computer Programming 3, 5.4.1): each inner node keeps the loser of its game, so that after a step
/// of the winner only the games on its way to the root are played again.
/// </remarks>
internal sealed class KeyMerge : KeyCursor
{
    private const int None = -1;

    private readonly KeyCursor?[] _cursors;

    // Node 0 holds the winner; leaf i is node i + cursors, and the parent of a node is half of it.
    private readonly int[] _tree;
    private bool _started;

    /// <summary>Merges cursors, which it disposes of.</summary>
    public KeyMerge(IReadOnlyList<KeyCursor> cursors)
    {
        _cursors = [.. cursors];
        _tree = new int[Math.Max(1, _cursors.Length)];
        Bytes = new byte[256];
    }

    /// <inheritdoc/>
    public override bool Next()
    {
        if (!_started) Begin();
        if (_cursors.Length == 0 || _cursors[_tree[0]] is not { } winner) return false;
        ReadOnlySpan<byte> key = winner.Key;
        if (Bytes.Length < key.Length) Bytes = new byte[key.Length * 2];
        key.CopyTo(Bytes);
        Length = key.Length;
        long count = 0;
        do
        {
            count = checked(count + winner.Count);
            Advance(_tree[0]);
        }
        while ((winner = _cursors[_tree[0]]) is not null && winner.Key.SequenceEqual(Key));
        Count = count;
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (KeyCursor? cursor in _cursors) cursor?.Dispose();
        base.Dispose();
    }

    private void Begin()
    {
        _started = true;
        Array.Fill(_tree, None);
        for (int i = 0; i < _cursors.Length; i++)
        {
            Step(i);
            int player = i;
            for (int node = (i + _cursors.Length) / 2; node > 0; node /= 2)
            {
                // The first to come waits for the winner of the other side.
                if (_tree[node] == None)
                {
                    _tree[node] = player;
                    player = None;
                    break;
                }

                if (Beats(_tree[node], player)) (_tree[node], player) = (player, _tree[node]);
            }

            if (player != None) _tree[0] = player;
        }
    }

    private void Advance(int player)
    {
        Step(player);
        for (int node = (player + _cursors.Length) / 2; node > 0; node /= 2)
            if (Beats(_tree[node], player)) (_tree[node], player) = (player, _tree[node]);
        _tree[0] = player;
    }

    private void Step(int i)
    {
        if (_cursors[i]!.Next()) return;
        _cursors[i]!.Dispose();
        _cursors[i] = null;
    }

    private bool Beats(int a, int b)
    {
        if (_cursors[a] is not { } one) return false;
        return _cursors[b] is not { } other || one.Key.SequenceCompareTo(other.Key) < 0;
    }
}
