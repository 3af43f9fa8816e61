using System.Runtime.InteropServices;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Training;

/// <summary>The corpus during training: where each pair of neighbours stands and how often, kept up to date merge by merge.</summary>
/// <remarks>
/// All sequences lie in one array with a gap between them. A token covers as many places as its parts did at the start; its id stands at the
/// first and the last of them, and the places between are gaps. So both neighbours of a token are found without links, at two bytes a place.
/// </remarks>
internal sealed class PairCounts
{
    private const ushort Gap = ushort.MaxValue;
    private const int None = -1;

    private readonly ushort[] _tokens;

    // Symbols of each token, and places that it covers: fewer, where a token was there from the start.
    private readonly List<int> _lengths;
    private readonly List<int> _widths;
    private readonly int _maxTokenLength;

    // Sequences that occurred equally often lie side by side: one weight for all places below its end.
    private readonly List<(int End, long Weight)> _weights = [];

    private readonly PairTable _pairs = new(1 << 16);
    private readonly List<Pair> _entries = [];
    private readonly PriorityQueue<int, (long NegatedCount, int Left, int Right)> _queue = new();
    private readonly List<int> _created = [];

    /// <summary>Lays the sequences out and counts their pairs.</summary>
    /// <param name="sequences">The sequences; <see cref="Places"/> must be at most <see cref="Array.MaxLength"/>.</param>
    /// <param name="lengths">Number of symbols of each token id.</param>
    /// <param name="maxTokenLength">Pairs that have more symbols are left out.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public PairCounts(
        ITokenSequences sequences, IReadOnlyList<int> lengths, int maxTokenLength, CancellationToken cancellationToken)
    {
        _maxTokenLength = maxTokenLength;
        _lengths = [.. lengths];
        _widths = [.. Enumerable.Repeat(1, lengths.Count)];
        _tokens = new ushort[Places(sequences)];
        Lay(sequences);
        Count(cancellationToken);
    }

    /// <summary>How long the array of all sequences is.</summary>
    public static long Places(ITokenSequences sequences) => sequences.TokenCount + sequences.SequenceCount + 1;

    /// <summary>Takes the most frequent pair, the smaller one of equals; false when none is frequent enough.</summary>
    public bool TryTakeMostFrequent(long minFrequency, out int left, out int right)
    {
        while (_queue.TryDequeue(out int index, out (long NegatedCount, int Left, int Right) priority))
        {
            long count = _entries[index].Count;
            if (count != -priority.NegatedCount)
            {
                // Counts only fall once a pair is in the queue, so an outdated entry goes back to its true place.
                if (count >= minFrequency) _queue.Enqueue(index, (-count, priority.Left, priority.Right));
                continue;
            }

            if (count < minFrequency) break;
            (left, right) = (priority.Left, priority.Right);
            return true;
        }

        (left, right) = (0, 0);
        return false;
    }

    /// <summary>Replaces the pair by a new token wherever it stands, from left to right.</summary>
    public void Merge(int left, int right, int token, CancellationToken cancellationToken)
    {
        int index = _pairs.Get(left, right, -1);

        // They ascend, for one pass from left to right gained them all; where a token stands beside itself, the order decides.
        PairPlaces places = _entries[index].Places!;
        int leftWidth = _widths[left], rightWidth = _widths[right];
        _widths.Add(leftWidth + rightWidth);
        _lengths.Add(_lengths[left] + _lengths[right]);
        _created.Clear();
        WeightCursor weights = new(_weights);
        int visited = 0, chained = None;
        foreach (int start in places)
        {
            if ((++visited & 0xFFFFF) == 0) cancellationToken.ThrowIfCancellationRequested();
            int middle = start + leftWidth;
            if (_tokens[start] != left || _tokens[middle] != right) continue;

            int end = middle + rightWidth;
            long weight = weights.At(start);
            int before = _tokens[start - 1], after = _tokens[end];
            if (before != Gap && start != chained) Lose(before, left, weight);
            if (after != Gap) Lose(right, after, weight);

            // Where the pair stands right behind itself, the next step would take back the pair of the new token and the left one.
            chained = after == left && _tokens[end + leftWidth] == right ? end : None;

            _tokens[middle - 1] = Gap;
            _tokens[middle] = Gap;
            _tokens[start] = (ushort)token;
            _tokens[end - 1] = (ushort)token;

            if (before != Gap) Gain(before, token, start - _widths[before], weight);
            if (after != Gap && chained == None) Gain(token, after, start, weight);
        }

        ref Pair merged = ref CollectionsMarshal.AsSpan(_entries)[index];
        merged.Count = 0;
        merged.Places = null;
        foreach (int created in _created) Enqueue(created);
    }

    private void Lay(ITokenSequences sequences)
    {
        // Where the sequences of each count begin. They keep their order among themselves.
        var starts = new SortedDictionary<long, long>(Comparer<long>.Create((a, b) => b.CompareTo(a)));
        sequences.ForEach((tokens, count) => starts[count] = starts.GetValueOrDefault(count) + tokens.Length + 1);

        _tokens[0] = Gap;
        long position = 1;
        foreach (long weight in starts.Keys.ToArray())
        {
            long places = starts[weight];
            starts[weight] = position;
            position += places;
            _weights.Add(((int)position, weight));
        }

        sequences.ForEach((tokens, count) =>
        {
            int start = (int)starts[count];
            tokens.CopyTo(_tokens.AsSpan(start));
            _tokens[start + tokens.Length] = Gap;
            starts[count] = start + tokens.Length + 1;
        });
    }

    private void Count(CancellationToken cancellationToken)
    {
        WeightCursor weights = new(_weights);
        int visited = 0;
        for (int start = 1; start + 1 < _tokens.Length; start++)
        {
            if ((++visited & 0xFFFFF) == 0) cancellationToken.ThrowIfCancellationRequested();
            int left = _tokens[start], right = _tokens[start + 1];
            if (left == Gap || right == Gap) continue;
            long weight = weights.At(start);
            if (left != right)
            {
                Gain(left, right, start, weight);
                continue;
            }

            // A run of one symbol, zeros nearly always, is taken in one go.
            int length = _tokens.AsSpan(start).IndexOfAnyExcept((ushort)left);
            Gain(left, right, start, weight, length - 1);
            start += length - 2;
        }

        foreach (int created in _created) Enqueue(created);
    }

    private void Lose(int left, int right, long weight)
    {
        int index = _pairs.Get(left, right, -1);
        if (index >= 0) CollectionsMarshal.AsSpan(_entries)[index].Count -= weight;
    }

    private void Gain(int left, int right, int start, long weight, int times = 1)
    {
        int index = _pairs.Get(left, right, -1);
        if (index < 0)
        {
            if (_lengths[left] + _lengths[right] > _maxTokenLength) return;
            index = _entries.Count;
            _pairs.Set(left, right, index);
            _entries.Add(new Pair { Left = left, Right = right, Places = new PairPlaces(left == right ? _widths[left] : 0) });
            _created.Add(index);
        }

        ref Pair pair = ref CollectionsMarshal.AsSpan(_entries)[index];
        pair.Count += weight * times;
        pair.Places!.Add(start, times);
    }

    private void Enqueue(int index)
    {
        Pair pair = _entries[index];
        _queue.Enqueue(index, (-pair.Count, pair.Left, pair.Right));
    }

    private struct Pair
    {
        public int Left;
        public int Right;
        public long Count;
        public PairPlaces? Places;
    }

    // Places are visited in ascending order.
    private struct WeightCursor(List<(int End, long Weight)> blocks)
    {
        private int _block;

        public long At(int position)
        {
            while (position >= blocks[_block].End) _block++;
            return blocks[_block].Weight;
        }
    }
}
