namespace Fast.Tokenizer.Normalization;

/// <summary>Counts values in buckets whose width is a fixed share of the value, for quantiles in bounded memory.</summary>
/// <remarks>
/// The idea is DDSketch (Masson, Rim, Lee, arXiv 1908.10693) with its linearly interpolated mapping: a bucket is an exponent and the first
/// bits of the mantissa, read off the number itself. No logarithm is taken, so buckets are the same on every machine. Counts are integers:
/// merging is associative and commutative. Pages, one per exponent, are made when first needed; so is the list of them, which covers only
/// the exponents that occurred and those between.
/// </remarks>
internal sealed class LogarithmicHistogram
{
    // Subnormal numbers are lifted by 2^54 into the normal range, which gives them exponents below the others'.
    private const int Lift = 54;
    private const double LiftFactor = 1L << Lift;
    private const double SmallestNormal = 2.2250738585072014e-308;
    private const int Exponents = 2047 + Lift;
    private const int Zeros = 0;

    private readonly int _bits;
    // The first is of exponent _first, as Add numbers them.
    private long[]?[] _pages = [];
    private int _first;
    private long _zeros;

    /// <summary>Makes an empty histogram of 2^bits buckets per power of two: middles are within 2^-(bits+1) of the values.</summary>
    public LogarithmicHistogram(int bits) => _bits = bits;

    public void Add(double value)
    {
        if (value == 0)
        {
            _zeros++;
            return;
        }

        double magnitude = Math.Abs(value);
        int lift = magnitude < SmallestNormal ? 0 : Lift;
        long bits = BitConverter.DoubleToInt64Bits(lift == 0 ? magnitude * LiftFactor : magnitude);
        int exponent = (int)(bits >> 52) + lift;
        int cell = (int)(bits >> (52 - _bits)) & ((1 << _bits) - 1);

        // Negative values run backwards, in pages and in cells, so that a walk over all pages ascends.
        (int page, cell) = value > 0 ? (Exponents + exponent, cell) : (Exponents - 1 - exponent, (1 << _bits) - 1 - cell);
        Page(page)[cell]++;
    }

    /// <summary>The buckets that hold a value, ascending by number: a number of each, and how many values it holds.</summary>
    public IEnumerable<(int Bucket, long Count)> Buckets()
    {
        if (_zeros > 0) yield return (Zeros, _zeros);
        for (int p = 0; p < _pages.Length; p++)
        {
            if (_pages[p] is not { } page) continue;
            for (int c = 0; c < page.Length; c++)
                if (page[c] > 0) yield return (((_first + p) << _bits) + c + 1, page[c]);
        }
    }

    /// <summary>Adds values to a bucket of <see cref="Buckets"/>.</summary>
    /// <returns>False where there is no such bucket.</returns>
    public bool TryAdd(int bucket, long count)
    {
        if (bucket == Zeros) _zeros += count;
        else if (bucket > Zeros && bucket <= 2 * Exponents << _bits) Page((bucket - 1) >> _bits)[(bucket - 1) & ((1 << _bits) - 1)] += count;
        else return false;
        return true;
    }

    public void Merge(LogarithmicHistogram other)
    {
        _zeros += other._zeros;
        for (int p = 0; p < other._pages.Length; p++)
        {
            if (other._pages[p] is not { } theirs) continue;
            long[] ours = Page(other._first + p);
            for (int c = 0; c < ours.Length; c++) ours[c] += theirs[c];
        }
    }

    /// <summary>The middle of the bucket that holds the value of a rank: 0 for the smallest, below the count.</summary>
    public double ValueAt(long rank)
    {
        bool isNegative = true;
        for (int p = 0; p < _pages.Length; p++)
        {
            int exponent = _first + p - Exponents;
            if (isNegative && exponent >= 0)
            {
                isNegative = false;
                if ((rank -= _zeros) < 0) return 0;
            }

            if (_pages[p] is not { } page) continue;
            for (int c = 0; c < page.Length; c++)
            {
                if ((rank -= page[c]) >= 0) continue;
                return isNegative ? -Middle(-1 - exponent, page.Length - 1 - c) : Middle(exponent, c);
            }
        }

        return 0;
    }

    private long[] Page(int page)
    {
        if (page < _first || page >= _first + _pages.Length) Cover(page);
        return _pages[page - _first] ??= new long[1 << _bits];
    }

    private void Cover(int page)
    {
        int first = page, end = page + 1;
        if (_pages.Length > 0) (first, end) = (Math.Min(first, _first), Math.Max(end, _first + _pages.Length));
        var pages = new long[]?[end - first];
        _pages.CopyTo(pages, _pages.Length == 0 ? 0 : _first - first);
        (_pages, _first) = (pages, first);
    }

    private double Middle(int exponent, int cell)
    {
        long mantissa = ((long)cell << (52 - _bits)) | (1L << (51 - _bits));
        return exponent > Lift
            ? BitConverter.Int64BitsToDouble(((long)(exponent - Lift) << 52) | mantissa)
            : BitConverter.Int64BitsToDouble(((long)exponent << 52) | mantissa) / LiftFactor;
    }
}
