using System.Buffers;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.RateDistortion;

/// <summary>
/// The symbol sequences that an encoder may choose from: for each coefficient a few values, each with what it adds to the distortion.
/// </summary>
/// <remarks>
/// Places are numbered so that a symbol always leads to a larger number. The places on the way through zero are the first ones of each
/// coefficient, so that a run of zeros is followed by arithmetic. Memory is pooled; dispose to give it back.
/// </remarks>
internal ref struct CoefficientLattice : IDisposable
{
    /// <summary>The most values that a coefficient may take: its two neighbours and zero.</summary>
    public const int MaxValues = 3;

    private const int NotZero = -1;
    private const int Open = -1;

    private readonly CoefficientAlphabet _alphabet;
    private readonly int _zeroLength;
    private readonly bool _oneSymbol;
    private readonly int _smallest;
    private readonly int[] _zero;
    private readonly LatticeNode[] _places;
    private readonly LatticeEdge[] _edges;
    private readonly int[] _starts;
    private readonly int[] _blocked;
    private readonly double[] _zeroExcess;
    private readonly double[] _deviations;
    private int _count;
    private int _tail;

    /// <summary>Makes a lattice without coefficients.</summary>
    /// <param name="alphabet">Spells coefficients.</param>
    /// <param name="capacity">The most coefficients that will be added.</param>
    public CoefficientLattice(CoefficientAlphabet alphabet, int capacity)
    {
        _alphabet = alphabet;
        _oneSymbol = alphabet.MaxSymbolsPerCoefficient == 1;
        _smallest = alphabet.MinCoefficient;
        _zero = ArrayPool<int>.Shared.Rent(CoefficientAlphabet.MaxSpelling);
        _zeroLength = alphabet.MinCoefficient > 0 ? 1 : alphabet.Spell(0, _zero);
        int places = checked((capacity * (1 + (MaxValues * (alphabet.MaxSymbolsPerCoefficient - 1)))) + 1);
        _places = ArrayPool<LatticeNode>.Shared.Rent(places);
        _edges = ArrayPool<LatticeEdge>.Shared.Rent(checked(places * MaxValues));
        _starts = ArrayPool<int>.Shared.Rent(capacity + 1);
        _blocked = ArrayPool<int>.Shared.Rent(capacity + 1);
        _deviations = ArrayPool<double>.Shared.Rent(capacity);
        _zeroExcess = ArrayPool<double>.Shared.Rent(capacity + 1);
        _places[0] = default;
        (_starts[0], _blocked[0], _zeroExcess[0]) = (0, 0, 0);
    }

    /// <summary>Number of coefficients.</summary>
    public readonly int Count => _count;

    /// <summary>The first of the coefficients at the end for which zero is the best value.</summary>
    public readonly int Tail => _tail;

    /// <summary>The place behind all coefficients; the first one is 0.</summary>
    public readonly int End => _starts[_count];

    /// <summary>A place.</summary>
    public readonly ref readonly LatticeNode this[int place] => ref _places[place];

    /// <summary>The place before a coefficient.</summary>
    public readonly int Start(int coefficient) => _starts[coefficient];

    /// <summary>The symbols that may be written at a place.</summary>
    public readonly ReadOnlySpan<LatticeEdge> Edges(int place) => _edges.AsSpan(place * MaxValues, _places[place].EdgeCount);

    /// <summary>Number of symbols that zero is spelled with.</summary>
    public readonly int ZeroLength => _zeroLength;

    /// <summary>Whether a coefficient may be zero.</summary>
    public readonly bool MayBeZero(int coefficient) => _blocked[coefficient + 1] == _blocked[coefficient];

    /// <summary>What zeros from one coefficient to before another add to the distortion, where all of them may be zero.</summary>
    public readonly double ZeroExcess(int first, int end) => _zeroExcess[end] - _zeroExcess[first];

    /// <summary>The least that a coefficient adds to the distortion if it is not zero.</summary>
    public readonly double Deviation(int coefficient) => _deviations[coefficient];

    /// <summary>Adds a coefficient.</summary>
    /// <param name="values">Its values, which the alphabet can spell; at most <see cref="MaxValues"/>, all different.</param>
    /// <param name="excess">What each adds to the distortion, at least 0.</param>
    public void Add(scoped ReadOnlySpan<int> values, scoped ReadOnlySpan<double> excess)
    {
        int start = End, next = start + 1, zero = -1;
        double deviation = double.PositiveInfinity;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] == 0) zero = i;
            else deviation = Math.Min(deviation, excess[i]);
        }

        if (_oneSymbol)
        {
            for (int i = 0; i < values.Length; i++) _edges[(start * MaxValues) + i] = new LatticeEdge(values[i] - _smallest, next, excess[i]);
            _places[start] = new LatticeNode(_count, 0, values.Length);
        }
        else
        {
            _places[start] = new LatticeNode(_count, 0, 0);
            for (int phase = 1; zero >= 0 && phase < _zeroLength; phase++) _places[next++] = new LatticeNode(_count, phase, 0);
            for (int i = 0; i < values.Length; i++) Spell(values[i], excess[i], start, zero >= 0, ref next);

            // Only now is it known where the next coefficient starts.
            for (int place = start; place < next; place++)
            {
                foreach (ref LatticeEdge edge in _edges.AsSpan(place * MaxValues, _places[place].EdgeCount))
                {
                    if (edge.Next == Open) edge = edge with { Next = next };
                }
            }
        }

        if (zero < 0 || excess[zero] > 0) _tail = _count + 1;
        _deviations[_count] = deviation;
        _blocked[_count + 1] = _blocked[_count] + (zero >= 0 ? 0 : 1);
        _zeroExcess[_count + 1] = _zeroExcess[_count] + (zero >= 0 ? excess[zero] : 0);
        _starts[++_count] = next;
        _places[next] = new LatticeNode(_count, 0, 0);
    }

    /// <summary>Follows a label; false where the lattice does not allow it, or the distortion reaches a limit.</summary>
    /// <param name="label">The symbols.</param>
    /// <param name="zeroPhase">Where in the spelling of zero a label of zeros starts, else -1.</param>
    /// <param name="limit">The distortion from which on the label is of no use.</param>
    /// <param name="place">The place to start from, then the place behind the label.</param>
    /// <param name="excess">What the label adds to the distortion is added to this.</param>
    public readonly bool TryFollow(ReadOnlySpan<int> label, int zeroPhase, double limit, ref int place, ref double excess)
    {
        if (zeroPhase >= 0 && _places[place].ZeroPhase == zeroPhase && TryFollowZeros(label.Length, ref place, ref excess))
            return excess < limit;

        int at = place;
        double sum = excess;
        foreach (int symbol in label)
        {
            int edge = at * MaxValues, end = edge + _places[at].EdgeCount;
            while (edge < end && _edges[edge].Symbol != symbol) edge++;
            if (edge == end) return false;
            (at, sum) = (_edges[edge].Next, sum + _edges[edge].Excess);
            if (sum >= limit) return false;
        }

        (place, excess) = (at, sum);
        return true;
    }

    public readonly void Dispose()
    {
        ArrayPool<int>.Shared.Return(_zero);
        ArrayPool<double>.Shared.Return(_deviations);
        ArrayPool<LatticeNode>.Shared.Return(_places);
        ArrayPool<LatticeEdge>.Shared.Return(_edges);
        ArrayPool<int>.Shared.Return(_starts);
        ArrayPool<int>.Shared.Return(_blocked);
        ArrayPool<double>.Shared.Return(_zeroExcess);
    }

    // Sums over runs are differences of sums from the start; the sum at a time of a walk would differ in the last bits, but always alike.
    private readonly bool TryFollowZeros(int symbols, ref int place, ref double excess)
    {
        LatticeNode from = _places[place];
        int length = from.ZeroPhase + symbols, last = from.Coefficient + length, phase = 0;
        if (_zeroLength > 1) (last, phase) = (from.Coefficient + (length / _zeroLength), length % _zeroLength);
        int touched = last + (phase > 0 ? 1 : 0);
        if (touched > _count || _blocked[touched] != _blocked[from.Coefficient]) return false;
        place = _starts[last] + phase;
        excess += _zeroExcess[last] - _zeroExcess[from.Coefficient];
        return true;
    }

    private readonly void Spell(int value, double excess, int start, bool hasZero, ref int next)
    {
        Span<int> symbols = stackalloc int[CoefficientAlphabet.MaxSpelling];
        symbols = symbols[.._alphabet.Spell(value, symbols)];
        int place = start;
        for (int i = 0; i < symbols.Length; i++)
        {
            ref LatticeNode here = ref _places[place];
            Span<LatticeEdge> edges = _edges.AsSpan(place * MaxValues, MaxValues);
            int edge = 0;
            while (edge < here.EdgeCount && edges[edge].Symbol != symbols[i]) edge++;
            if (edge == here.EdgeCount)
            {
                // What begins as zero does shares the places that are kept for it.
                bool ends = i == symbols.Length - 1;
                bool asZero = hasZero && i + 1 < _zeroLength && here.ZeroPhase == i && symbols[i] == _zero[i];
                int to = ends ? Open : asZero ? start + 1 + i : next++;
                if (!ends && !asZero) _places[to] = new LatticeNode(_count, NotZero, 0);
                edges[edge] = new LatticeEdge(symbols[i], to, ends ? excess : 0);
                here = here with { EdgeCount = edge + 1 };
            }

            place = edges[edge].Next;
        }
    }
}
