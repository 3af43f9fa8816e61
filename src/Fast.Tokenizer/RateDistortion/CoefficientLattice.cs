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
    private readonly LatticeCoefficient[] _coefficients;
    private int _count;
    private int _tail;
    private double _mostExcess;

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
        _coefficients = ArrayPool<LatticeCoefficient>.Shared.Rent(capacity + 1);
        _places[0] = default;
        _coefficients[0] = default;
    }

    /// <summary>Number of coefficients.</summary>
    public readonly int Count => _count;

    /// <summary>The first of the coefficients at the end for which zero is the best value.</summary>
    public readonly int Tail => _tail;

    /// <summary>The most that all coefficients together can add to the distortion.</summary>
    public readonly double MostExcess => _mostExcess;

    /// <summary>The place behind all coefficients; the first one is 0.</summary>
    public readonly int End => _coefficients[_count].Start;

    /// <summary>A place.</summary>
    public readonly ref readonly LatticeNode this[int place] => ref _places[place];

    /// <summary>The place before a coefficient.</summary>
    public readonly int Start(int coefficient) => _coefficients[coefficient].Start;

    /// <summary>The symbols that may be written at a place.</summary>
    public readonly ReadOnlySpan<LatticeEdge> Edges(int place) => _edges.AsSpan(place * MaxValues, _places[place].EdgeCount);

    /// <summary>Number of symbols that zero is spelled with.</summary>
    public readonly int ZeroLength => _zeroLength;

    /// <summary>Whether a coefficient may be zero.</summary>
    public readonly bool MayBeZero(int coefficient) => _coefficients[coefficient + 1].Blocked == _coefficients[coefficient].Blocked;

    /// <summary>What zeros for all coefficients before one that may be zero add to the distortion.</summary>
    public readonly double ZeroExcess(int coefficient) => _coefficients[coefficient].ZeroExcess;

    /// <summary>The least that a coefficient adds to the distortion if it is not zero.</summary>
    public readonly double Deviation(int coefficient) => _coefficients[coefficient].Deviation;

    /// <summary>Adds a coefficient.</summary>
    /// <param name="values">Its values, which the alphabet can spell; at most <see cref="MaxValues"/>, all different.</param>
    /// <param name="excess">What each adds to the distortion, at least 0.</param>
    public void Add(scoped ReadOnlySpan<int> values, scoped ReadOnlySpan<double> excess)
    {
        ref LatticeCoefficient self = ref _coefficients[_count];
        int start = self.Start, next = start + 1;
        double deviation = double.PositiveInfinity, zero = double.PositiveInfinity, most = 0;
        for (int i = 0; i < values.Length; i++)
        {
            most = Math.Max(most, excess[i]);
            if (values[i] == 0) zero = excess[i];
            else deviation = Math.Min(deviation, excess[i]);
        }

        bool mayBeZero = zero < double.PositiveInfinity;
        if (_oneSymbol)
        {
            Span<LatticeEdge> edges = _edges.AsSpan(start * MaxValues, MaxValues);
            for (int i = 0; i < values.Length; i++) edges[i] = new LatticeEdge(values[i] - _smallest, next, excess[i]);
            _places[start] = new LatticeNode(_count, 0, values.Length);
        }
        else
        {
            SpellAll(values, excess, start, mayBeZero, ref next);
        }

        _mostExcess += most;
        if (!(zero <= 0)) _tail = _count + 1;
        self = self with { Deviation = deviation };
        Close(next, mayBeZero ? self.Blocked : self.Blocked + 1, mayBeZero ? self.ZeroExcess + zero : self.ZeroExcess);
    }

    /// <summary>Adds coefficients that can only be zero.</summary>
    public void AddZeros(int count)
    {
        for (; count > 0; count--)
        {
            ref LatticeCoefficient self = ref _coefficients[_count];
            int next = self.Start;
            for (int phase = 0; phase < _zeroLength; phase++)
            {
                _places[next] = new LatticeNode(_count, phase, 1);
                _edges[next * MaxValues] = new LatticeEdge(_zero[phase], ++next, 0);
            }

            self = self with { Deviation = double.PositiveInfinity };
            Close(next, self.Blocked, self.ZeroExcess);
        }
    }

    /// <summary>Follows a label; false where the lattice does not allow it, or the distortion reaches a limit.</summary>
    /// <param name="label">The symbols.</param>
    /// <param name="runs">The zeros from each of the symbols on.</param>
    /// <param name="limit">The distortion from which on the label is of no use.</param>
    /// <param name="place">The place to start from, then the place behind the label.</param>
    /// <param name="excess">What the label adds to the distortion is added to this.</param>
    public readonly bool TryFollow(
        ReadOnlySpan<int> label, ReadOnlySpan<ZeroRun> runs, double limit, ref int place, ref double excess)
    {
        int at = place;
        double sum = excess;
        for (int i = 0; i < label.Length;)
        {
            ZeroRun run = runs[i];
            if (run.Length > 1 && _places[at].ZeroPhase == run.Phase && TryFollowZeros(run.Length, ref at, ref sum)) i += run.Length;
            else
            {
                if (run.Length > 1 && _oneSymbol) return false;
                int symbol = label[i++], edge = at * MaxValues, end = edge + _places[at].EdgeCount;
                while (edge < end && _edges[edge].Symbol != symbol) edge++;
                if (edge == end) return false;
                (at, sum) = (_edges[edge].Next, sum + _edges[edge].Excess);
            }

            if (sum >= limit) return false;
        }

        (place, excess) = (at, sum);
        return true;
    }

    public readonly void Dispose()
    {
        ArrayPool<int>.Shared.Return(_zero);
        ArrayPool<LatticeNode>.Shared.Return(_places);
        ArrayPool<LatticeEdge>.Shared.Return(_edges);
        ArrayPool<LatticeCoefficient>.Shared.Return(_coefficients);
    }

    // The coefficient is done; the next one starts at a place.
    private void Close(int next, int blocked, double zeroExcess)
    {
        _coefficients[++_count] = new LatticeCoefficient(next, blocked, zeroExcess, Deviation: 0);
        _places[next] = new LatticeNode(_count, 0, 0);
    }

    // Sums over runs are differences of sums from the start; the sum at a time of a walk would differ in the last bits, but always alike.
    private readonly bool TryFollowZeros(int symbols, ref int place, ref double excess)
    {
        LatticeNode from = _places[place];
        int length = from.ZeroPhase + symbols, last = from.Coefficient + length, phase = 0;
        if (_zeroLength > 1) (last, phase) = (from.Coefficient + (length / _zeroLength), length % _zeroLength);
        int touched = last + (phase > 0 ? 1 : 0);
        if (touched > _count || _coefficients[touched].Blocked != _coefficients[from.Coefficient].Blocked) return false;
        place = _coefficients[last].Start + phase;
        excess += ZeroExcess(last) - ZeroExcess(from.Coefficient);
        return true;
    }

    private readonly void SpellAll(
        scoped ReadOnlySpan<int> values, scoped ReadOnlySpan<double> excess, int start, bool mayBeZero, ref int next)
    {
        _places[start] = new LatticeNode(_count, 0, 0);
        for (int phase = 1; mayBeZero && phase < _zeroLength; phase++) _places[next++] = new LatticeNode(_count, phase, 0);
        for (int i = 0; i < values.Length; i++) Spell(values[i], excess[i], start, mayBeZero, ref next);

        // Only now is it known where the next coefficient starts.
        for (int place = start; place < next; place++)
        {
            foreach (ref LatticeEdge edge in _edges.AsSpan(place * MaxValues, _places[place].EdgeCount))
            {
                if (edge.Next == Open) edge = edge with { Next = next };
            }
        }
    }

    private readonly void Spell(int value, double excess, int start, bool hasZero, ref int next)
    {
        Span<int> spelled = stackalloc int[CoefficientAlphabet.MaxSpelling];
        ReadOnlySpan<int> symbols = value == 0 ? _zero.AsSpan(0, _zeroLength) : spelled[.._alphabet.Spell(value, spelled)];
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
