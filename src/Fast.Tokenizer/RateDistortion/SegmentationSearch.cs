using System.Buffers;

namespace Fast.Tokenizer.RateDistortion;

/// <summary>Finds the cheapest way to write one of the sequences of a lattice with tokens: a price per token plus the distortion.</summary>
/// <remarks>
/// <para>Dynamic programming from the end: the cheapest way from a place on is the cheapest over the tokens that can start there. A branch of
/// the trie is left out when even the cheapest place within its reach could not make it better than what is already known, so nothing is
/// lost.</para>
/// <para>Most of a chunk is a tail of zeros, and most places in it are of no use to anyone. A place in the tail is worked on only when a
/// token ends there that could be better than what is known, given the fewest tokens that anything could need from there on; often that
/// number is also what zeros alone need, and then there is nothing to work on.</para>
/// </remarks>
internal ref struct SegmentationSearch
{
    // Work on a place of the tail may need other places of it. Beyond this depth they are all worked on in order, which needs no recursion.
    private const int MaxDepth = 64;

    private readonly SegmentationTrie _trie;
    private readonly CoefficientLattice _lattice;
    private readonly double _tokenPrice;
    private readonly ZeroTail _zeroTail;
    private readonly int _tailStart;
    private readonly RangeMinima _ahead;
    private readonly Span<double> _costs;
    private readonly Span<int> _tokens;
    private readonly Span<int> _nexts;
    private Branch[] _stack;
    private int _stacked;
    private int _depth;
    private bool _inOrder;

    // The place that is being worked on: its coefficient, the least cost of later places of that coefficient, the end of the run of
    // coefficients that may be zero, and the best way found.
    private int _coefficient;
    private double _within;
    private int _zeroEnd;
    private double _best;
    private int _token;
    private int _next;

    private SegmentationSearch(
        SegmentationTrie trie, in CoefficientLattice lattice, double tokenPrice, Span<double> costs, Span<int> steps)
    {
        int places = lattice.End + 1;
        _trie = trie;
        _lattice = lattice;
        _tokenPrice = tokenPrice;
        _zeroTail = trie.ZeroTail((lattice.Count - lattice.Tail) * lattice.ZeroLength);
        _tailStart = lattice.Start(lattice.Tail);
        _costs = costs[..places];
        _ahead = new RangeMinima(costs[places..], lattice.Tail);
        _tokens = steps[..places];
        _nexts = steps.Slice(places, places);
        _stack = ArrayPool<Branch>.Shared.Rent(trie.NodeCount);
    }

    /// <summary>Finds the cheapest tokens.</summary>
    /// <param name="trie">The tokens.</param>
    /// <param name="lattice">The sequences to choose from; each of their symbols has a token of its own.</param>
    /// <param name="tokenPrice">Price of a token, in the unit of the distortion; above 0.</param>
    /// <param name="tokens">Receives the tokens.</param>
    /// <returns>How many tokens were written.</returns>
    /// <exception cref="ArgumentException">The tokens do not fit.</exception>
    public static int Run(SegmentationTrie trie, in CoefficientLattice lattice, double tokenPrice, Span<int> tokens)
    {
        int places = lattice.End + 1;
        double[] costs = ArrayPool<double>.Shared.Rent(places + RangeMinima.Size(lattice.Tail));
        int[] steps = ArrayPool<int>.Shared.Rent(2 * places);
        var search = new SegmentationSearch(trie, lattice, tokenPrice, costs, steps);
        try
        {
            search.Fill();
            return search.Write(tokens);
        }
        finally
        {
            ArrayPool<double>.Shared.Return(costs);
            ArrayPool<int>.Shared.Return(steps);
            ArrayPool<Branch>.Shared.Return(search._stack);
        }
    }

    private void Fill()
    {
        int end = _lattice.End, place = _tailStart;
        _costs[_tailStart..].Fill(double.NaN);
        _costs[end] = 0;
        _zeroEnd = _lattice.Count;
        for (_coefficient = _lattice.Tail - 1; _coefficient >= 0; _coefficient--)
        {
            if (!_lattice.MayBeZero(_coefficient)) _zeroEnd = _coefficient;
            _within = double.PositiveInfinity;
            for (int start = _lattice.Start(_coefficient); place > start;)
            {
                _best = double.PositiveInfinity;
                FindBest(--place);
                _within = Math.Min(_within, _best);
            }

            _ahead.Set(_coefficient, _within);
        }

        if (_tailStart == 0 && end > 0) Cost(0, double.PositiveInfinity);
    }

    private readonly int Write(Span<int> tokens)
    {
        int written = 0, place = 0;
        while (place < _lattice.End)
        {
            if (written == tokens.Length)
                throw new ArgumentException($"the result does not fit into {tokens.Length} tokens: use MaxTokenCount", nameof(tokens));
            if (double.IsNaN(_costs[place]))
            {
                int left = SymbolsLeft(place);
                (tokens[written++], int length) = _zeroTail.First(left);
                place = ZeroPlace(_lattice.Count, length - left);
                continue;
            }

            tokens[written++] = _tokens[place];
            place = _nexts[place];
        }

        return written;
    }

    // The cost from a place on; where it cannot be below the limit, a number from there to the cost.
    private double Cost(int place, double limit)
    {
        double cost = _costs[place];
        if (!double.IsNaN(cost)) return cost;

        int coefficient = _lattice[place].Coefficient, left = SymbolsLeft(place);
        double least = Least(place), zeros = double.PositiveInfinity;
        if (left <= _zeroTail.Longest && _zeroTail.Count(left) is < int.MaxValue and int count)
        {
            zeros = _tokenPrice * count;
            if (zeros <= least) return zeros;
        }

        return least >= limit ? least : WorkOn(place, coefficient, zeros, left);
    }

    private double WorkOn(int place, int coefficient, double zeros, int left)
    {
        if (_depth == MaxDepth && !_inOrder)
        {
            _inOrder = true;
            for (int later = _lattice.End - 1; later > place; later--) Cost(later, double.PositiveInfinity);
            _inOrder = false;
        }

        (int c, double w, int z, double b, int t, int n) = (_coefficient, _within, _zeroEnd, _best, _token, _next);
        _depth++;
        (_coefficient, _within, _zeroEnd, _best) = (coefficient, double.PositiveInfinity, _lattice.Count, zeros);
        if (zeros < double.PositiveInfinity)
        {
            (_token, int length) = _zeroTail.First(left);
            _next = ZeroPlace(_lattice.Count, length - left);
        }

        FindBest(place);
        _depth--;
        (_coefficient, _within, _zeroEnd, _best, _token, _next) = (c, w, z, b, t, n);
        return _costs[place];
    }

    private void FindBest(int start)
    {
        int floor = _stacked, followed = SegmentationTrie.None;
        ref readonly LatticeNode here = ref _lattice[start];
        if (here.ZeroPhase >= 0 && _zeroEnd > _coefficient) followed = FollowZeros(here.ZeroPhase);

        // The first edge last, which is then looked at first.
        ReadOnlySpan<LatticeEdge> edges = _lattice.Edges(start);
        for (int i = edges.Length - 1; i >= 0; i--)
        {
            int node = _trie.Root(edges[i].Symbol);
            if (node != followed && node != SegmentationTrie.None) Push(node, start, edges[i], _tokenPrice);
        }

        while (_stacked > floor)
        {
            (int at, int place, double cost) = _stack[--_stacked];
            ref readonly SegmentationNode node = ref _trie[at];
            if (node.ChildCount > 0) PushChildren(node, place, cost, SegmentationTrie.None);
            if (node.Token != SegmentationTrie.None) Offer(node.Token, place, cost);
        }

        (_costs[start], _tokens[start], _nexts[start]) = (_best, _token, _next);
    }

    // Tokens of zeros alone, and the branches that leave them; gives the root's child that is done with.
    private int FollowZeros(int phase)
    {
        ReadOnlySpan<ZeroChainNode> chain = _trie.ZeroChain(phase);
        int count = 0, room = ((_zeroEnd - _coefficient) * _lattice.ZeroLength) - phase;
        for (; count < chain.Length && chain[count].Depth <= room; count++)
        {
            // Before the tail each zero costs something, and it is soon too much.
            if (ZeroCost(phase + chain[count].Depth, out int last) >= _best || last > _lattice.Tail) break;
            OfferZeros(chain[count], phase);
        }

        // In the tail none does, and the longest are the best.
        int longest = chain.Length;
        while (longest > count && chain[longest - 1].Depth > room) longest--;
        if (longest == 0) return SegmentationTrie.None;
        for (int i = longest - 1; i >= count; i--)
        {
            if (ZeroCost(phase + chain[i].Depth, out int last) + LeastAt(last) >= _best) break;
            OfferZeros(chain[i], phase);
        }

        // A token of zeros may also end inside what follows them, where that is spelled alike at first.
        int inside = longest < chain.Length && _lattice.ZeroLength > 1 ? _zeroEnd + 1 : 0;
        for (int i = 0; i < longest; i++)
        {
            int reach = Math.Max(inside, _coefficient + chain[i].BranchReach + 1);
            if (_tokenPrice + LeastIn(_coefficient, reach) >= _best) break;
            double cost = ZeroCost(phase + chain[i].Depth, out int last);
            if (cost >= _best) break;

            // Where zeros go on, only what is not zero remains to be tried.
            if (i + 1 < longest && (last == _lattice.Count || cost + _lattice.Deviation(last) + LeastIn(last, reach) >= _best)) continue;
            PushChildren(
                _trie[chain[i].Node],
                ZeroPlace(_coefficient, phase + chain[i].Depth),
                cost,
                i + 1 < longest ? chain[i + 1].Node : SegmentationTrie.None);
        }

        return chain[0].Node;
    }

    // The cost of a token of zeros so far: what goes on from the coefficient at its end is not in it.
    private readonly double ZeroCost(int symbols, out int last)
    {
        last = _coefficient + (_lattice.ZeroLength == 1 ? symbols : symbols / _lattice.ZeroLength);
        return _tokenPrice + _lattice.ZeroExcess(_coefficient, last);
    }

    private void OfferZeros(in ZeroChainNode link, int phase)
    {
        int token = _trie[link.Node].Token;
        if (token == SegmentationTrie.None) return;
        Offer(token, ZeroPlace(_coefficient, phase + link.Depth), ZeroCost(phase + link.Depth, out _));
    }

    private void Offer(int token, int place, double cost)
    {
        double total = cost + Cost(place, _best - cost);
        if (total < _best) (_best, _token, _next) = (total, token, place);
    }

    private void PushChildren(in SegmentationNode node, int place, double cost, int except)
    {
        if (place == _lattice.End) return;
        ReadOnlySpan<LatticeEdge> edges = _lattice.Edges(place);
        for (int i = edges.Length - 1; i >= 0; i--)
        {
            if (cost + edges[i].Excess >= _best) continue;
            int child = _trie.Child(node, edges[i].Symbol);
            if (child != SegmentationTrie.None && child != except) Push(child, place, edges[i], cost);
        }
    }

    private void Push(int node, int place, in LatticeEdge edge, double cost)
    {
        ref readonly SegmentationNode entered = ref _trie[node];
        int coefficient = _lattice[place].Coefficient;
        double limit = _best - LeastIn(coefficient, coefficient + entered.Reach + 1);
        if (cost + edge.Excess >= limit) return;
        if (entered.LabelLength == 1) (place, cost) = (edge.Next, cost + edge.Excess);
        else if (!_lattice.TryFollow(_trie.Label(entered), entered.ZeroPhase, limit, ref place, ref cost)) return;
        if (_stacked == _stack.Length) Grow();
        _stack[_stacked++] = new Branch(node, place, cost);
    }

    // Work on one place has each node at most once on the stack, but other places may be worked on within it.
    private void Grow()
    {
        Branch[] larger = ArrayPool<Branch>.Shared.Rent(_stack.Length * 2);
        _stack.CopyTo(larger, 0);
        ArrayPool<Branch>.Shared.Return(_stack);
        _stack = larger;
    }

    // A bound from below on the cost from any place of these coefficients on.
    private readonly double LeastIn(int first, int last)
    {
        int tail = _lattice.Tail;
        double least = last >= tail ? LeastAt(last) : double.PositiveInfinity;
        if (first >= tail) return least;
        last = Math.Min(last, tail - 1);
        return Math.Min(least, first > _coefficient ? _ahead.Minimum(first, last) : Math.Min(_within, _ahead.Minimum(_coefficient + 1, last)));
    }

    // The same for a coefficient of the tail and those before it in the tail.
    private readonly double LeastAt(int coefficient)
    {
        int left = _lattice.Count - coefficient;
        if (left <= 0) return 0;
        return left - 1 <= _trie.LongestReach ? _tokenPrice : _tokenPrice * ((left - 2) / _trie.LongestReach + 1);
    }

    // The same for one place: a single token must have the length that is left.
    private readonly double Least(int place)
    {
        int coefficient = _lattice[place].Coefficient;
        int left = _lattice.Count - coefficient - (place == _lattice.Start(coefficient) ? 0 : 1);
        return _trie.HasLength(left) ? _tokenPrice : Math.Max(2 * _tokenPrice, LeastAt(coefficient));
    }

    private readonly int SymbolsLeft(int place)
    {
        ref readonly LatticeNode here = ref _lattice[place];
        return here.ZeroPhase < 0 ? int.MaxValue : ((_lattice.Count - here.Coefficient) * _lattice.ZeroLength) - here.ZeroPhase;
    }

    private readonly int ZeroPlace(int coefficient, int symbols)
    {
        int length = _lattice.ZeroLength;
        if (length == 1) return _lattice.Start(coefficient + symbols);
        int place = (coefficient * length) + symbols;
        return _lattice.Start(place / length) + (place % length);
    }

    private readonly record struct Branch(int Node, int Place, double Cost);
}
