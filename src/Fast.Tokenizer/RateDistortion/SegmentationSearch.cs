using System.Buffers;

namespace Fast.Tokenizer.RateDistortion;

/// <summary>Finds the cheapest way to write one of the sequences of a lattice with tokens: a price per token plus the distortion.</summary>
/// <remarks>
/// <para>Dynamic programming from the end: the cheapest way from a place on is the cheapest over the tokens that can start there. A branch
/// of the trie is left out when even the cheapest place within its reach could not make it better than what is already known, so nothing
/// is lost.</para>
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
    private readonly Span<double> _costs;
    private readonly Span<int> _tokens;
    private readonly Span<int> _nexts;

    // By coefficient, a bound from below on the costs of the places that are done up to the end of it. For the tail it is known at once.
    private readonly Span<double> _least;
    private Branch[] _stack;
    private int _stacked;
    private int _depth;
    private bool _inOrder;

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
        _least = costs.Slice(places, lattice.Count + 1);
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
        double[] costs = ArrayPool<double>.Shared.Rent(places + lattice.Count + 1);
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
        int tail = _lattice.Tail, count = _lattice.Count, zeroEnd = count;
        FillTail();
        for (int coefficient = tail - 1, place = _tailStart; coefficient >= 0; coefficient--)
        {
            if (!_lattice.MayBeZero(coefficient)) zeroEnd = coefficient;
            _least[coefficient] = double.PositiveInfinity;
            for (int start = _lattice.Start(coefficient); place > start;)
            {
                double cost = FindBest(--place, coefficient, zeroEnd, default(Step) with { Cost = double.PositiveInfinity });

                // Later places are mostly cheaper: this ends soon.
                for (int at = coefficient; at < tail && _least[at] > cost; at++) _least[at] = cost;
            }
        }

        if (_tailStart == 0 && _lattice.End > 0) Cost(0, double.PositiveInfinity);
    }

    private readonly void FillTail()
    {
        _costs[_tailStart..].Fill(double.NaN);
        _costs[_lattice.End] = 0;

        // One token is enough for what it may hold, besides the coefficient that is begun; and so on.
        int tail = _lattice.Tail, count = _lattice.Count;
        _least[count] = 0;
        for (int end = count, tokens = 1; end > tail; tokens++)
        {
            int start = Math.Max(tail, end - _trie.LongestReach - (end == count ? 1 : 0));
            _least[start..end].Fill(_tokenPrice * tokens);
            end = start;
        }
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
        double least = Least(place, coefficient);
        Step zeros = default(Step) with { Cost = double.PositiveInfinity };
        if (left <= _zeroTail.Longest && _zeroTail.Count(left) is < int.MaxValue and int count)
        {
            (int token, int length) = _zeroTail.First(left);
            zeros = new Step(_tokenPrice * count, token, ZeroPlace(_lattice.Count, length - left));
            if (zeros.Cost <= least)
            {
                Take(place, zeros);
                return zeros.Cost;
            }
        }

        return least >= limit ? least : WorkOn(place, coefficient, zeros);
    }

    private double WorkOn(int place, int coefficient, Step zeros)
    {
        if (_depth == MaxDepth && !_inOrder)
        {
            _inOrder = true;
            for (int later = _lattice.End - 1; later > place; later--) Cost(later, double.PositiveInfinity);
            _inOrder = false;
        }

        _depth++;
        double cost = FindBest(place, coefficient, _lattice.Count, zeros);
        _depth--;
        return cost;
    }

    private readonly void Take(int place, in Step step) =>
        (_costs[place], _tokens[place], _nexts[place]) = (step.Cost, step.Token, step.Next);

    // The cheapest way from a place of a coefficient on, given one that is known and the end of the run of coefficients that may be zero.
    private double FindBest(int start, int coefficient, int zeroEnd, Step best)
    {
        int floor = _stacked, followed = SegmentationTrie.None, phase = _lattice[start].ZeroPhase;

        // A token that starts inside a coefficient may end inside the one behind those that begin in it.
        int ahead = coefficient + (start == _lattice.Start(coefficient) ? 0 : 1);
        if (phase >= 0 && zeroEnd > coefficient) followed = FollowZeros(coefficient, phase, zeroEnd, ahead, ref best);
        PushChildren(SegmentationTrie.Root, start, _tokenPrice, best.Cost, ahead, followed);
        while (_stacked > floor)
        {
            (int node, int place, double cost) = _stack[--_stacked];
            double limit = best.Cost - _least[Math.Min(_lattice.Count, ahead + _trie.Reach(node))];
            if (cost >= limit) continue;
            ReadOnlySpan<int> label = _trie.Label(node);
            if (label.Length > 1 && !_lattice.TryFollow(label[1..], _trie.ZeroRuns(node)[1..], limit, ref place, ref cost)) continue;
            int token = _trie.Token(node);
            if (token != SegmentationTrie.None) Offer(token, place, cost, ref best);
            if (_trie.HasChildren(node)) PushChildren(node, place, cost, best.Cost, ahead, SegmentationTrie.None);
        }

        Take(start, best);
        return best.Cost;
    }

    // Tokens of zeros alone, and the branches that leave them; gives the root's child that is done with.
    private int FollowZeros(int coefficient, int phase, int zeroEnd, int ahead, ref Step best)
    {
        ZeroChain zeros = _trie.ZeroChain(phase);
        ReadOnlySpan<ZeroChainNode> chain = zeros.Nodes;
        int longest = zeros.Within(((zeroEnd - coefficient) * _lattice.ZeroLength) - phase), end = _lattice.Count, i = 0;
        if (longest == 0) return SegmentationTrie.None;
        double before = _lattice.ZeroExcess(coefficient);
        for (; i < longest; i++)
        {
            // Before the tail each zero costs something, and it is soon too much.
            ref readonly ZeroChainNode link = ref chain[i];
            int last = coefficient + link.Zeros;
            double cost = _tokenPrice + (_lattice.ZeroExcess(last) - before);
            if (cost >= best.Cost || last > _lattice.Tail) break;
            if (link.Token != SegmentationTrie.None) Offer(link.Token, _lattice.Start(last) + link.EndPhase, cost, ref best);
        }

        // In the tail none does, and the longest are the best.
        for (int count = i, k = longest - 1; k >= count; k--)
        {
            ref readonly ZeroChainNode link = ref chain[k];
            int last = coefficient + link.Zeros;
            double cost = _tokenPrice + (_lattice.ZeroExcess(last) - before);
            if (cost + _least[last] >= best.Cost) break;
            if (link.Token != SegmentationTrie.None) Offer(link.Token, _lattice.Start(last) + link.EndPhase, cost, ref best);
        }

        // A token of zeros may also end inside what follows them, where that is spelled alike at first.
        int inside = longest < chain.Length && _lattice.ZeroLength > 1 ? zeroEnd + 1 : 0;
        for (i = 0; i < longest; i++)
        {
            ref readonly ZeroChainNode link = ref chain[i];
            if (_tokenPrice + _least[Math.Min(end, Math.Max(inside, ahead + link.LaterReach))] >= best.Cost) break;
            int last = coefficient + link.Zeros;
            double cost = _tokenPrice + (_lattice.ZeroExcess(last) - before);
            if (cost >= best.Cost) break;
            if (i + 1 == longest)
            {
                PushChildren(link.Node, _lattice.Start(last) + link.EndPhase, cost, best.Cost, ahead, SegmentationTrie.None);
                break;
            }

            // Where zeros go on, only what is not zero remains to be tried.
            if (last == end || cost + _lattice.Deviation(last) + _least[Math.Min(end, ahead + link.BranchReach)] >= best.Cost) continue;
            int place = _lattice.Start(last) + link.EndPhase;
            if (_lattice[place].EdgeCount > 1) PushChildren(link.Node, place, cost, best.Cost, ahead, chain[i + 1].Node);
        }

        return chain[0].Node;
    }

    private void Offer(int token, int place, double cost, ref Step best)
    {
        double total = _costs[place];
        if (double.IsNaN(total)) total = Cost(place, best.Cost - cost);
        total += cost;
        if (total < best.Cost) best = new Step(total, token, place);
    }

    // The first edge last, which is then looked at first. Whether an edge is of use is hard to guess for the processor: each is written
    // down, and kept or not.
    private void PushChildren(int node, int place, double cost, double best, int ahead, int except)
    {
        ReadOnlySpan<LatticeEdge> edges = _lattice.Edges(place);
        if (_stacked + edges.Length > _stack.Length) Grow();
        SegmentationTrie trie = _trie;
        Span<Branch> free = _stack.AsSpan(_stacked);
        int kept = 0, count = _lattice.Count;
        for (int i = edges.Length - 1; i >= 0; i--)
        {
            ref readonly LatticeEdge edge = ref edges[i];
            int child = trie.Child(node, edge.Symbol);
            double total = cost + edge.Excess;
            double least = _least[Math.Min(count, ahead + trie.Reach(Math.Max(child, SegmentationTrie.Root)))];
            free[kept] = new Branch(child, edge.Next, total);
            kept += child != SegmentationTrie.None & child != except & total < best - least ? 1 : 0;
        }

        _stacked += kept;
    }

    // Work on one place has each node at most once on the stack, but other places may be worked on within it.
    private void Grow()
    {
        Branch[] larger = ArrayPool<Branch>.Shared.Rent(_stack.Length * 2);
        _stack.CopyTo(larger, 0);
        ArrayPool<Branch>.Shared.Return(_stack);
        _stack = larger;
    }

    // A bound from below on the cost from a place of the tail on: a single token must have the length that is left.
    private readonly double Least(int place, int coefficient)
    {
        int left = _lattice.Count - coefficient - (place == _lattice.Start(coefficient) ? 0 : 1);
        return _trie.HasLength(left) ? _tokenPrice : Math.Max(2 * _tokenPrice, _least[coefficient]);
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

    // The cost from a place on, the token to take there and the place that it leads to.
    private readonly record struct Step(double Cost, int Token, int Next);
}
