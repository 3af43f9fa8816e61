namespace Fast.Tokenizer.Training;

/// <summary>The places where a pair of tokens stands, in ascending order.</summary>
/// <remarks>
/// A pair of a token with itself stands in runs: most of all two zeros, at nearly every place of a corpus. Of those only the first place
/// and the number are kept. Memory grows by small arrays that become blocks, and never needs twice what it holds.
/// </remarks>
internal sealed class PairPlaces
{
    private const int FirstLength = 4;
    private const int BlockLength = 1 << 12;

    // How far a place of a run is from the one before it; 0 where there are no runs.
    private readonly int _stride;
    private int[][] _blocks = [];
    private int _blockCount;
    private int[] _last = [];
    private int _used;
    private int _end = -1;

    /// <summary>Makes an empty list.</summary>
    /// <param name="stride">The symbols of a token whose pair with itself this is; 0 for any other pair.</param>
    public PairPlaces(int stride) => _stride = stride;

    /// <summary>Adds a place, or a run of them, behind those before it.</summary>
    public void Add(int start, int count = 1)
    {
        if (_stride > 0 && start == _end) _last[_used - 1] += count;
        else
        {
            Append(start);
            if (_stride > 0) Append(count);
        }

        _end = start + (_stride * count);
    }

    /// <summary>Goes through all places.</summary>
    public Enumerator GetEnumerator() => new(this);

    private void Append(int number)
    {
        if (_used == _last.Length) Grow();
        _last[_used++] = number;
    }

    private void Grow()
    {
        if (_last.Length is > 0 and < BlockLength)
        {
            Array.Resize(ref _last, _last.Length * 2);
            _blocks[_blockCount - 1] = _last;
            return;
        }

        if (_blockCount == _blocks.Length) Array.Resize(ref _blocks, Math.Max(1, _blockCount * 2));
        _last = new int[_last.Length == 0 ? FirstLength : BlockLength];
        _blocks[_blockCount++] = _last;
        _used = 0;
    }

    /// <summary>Goes through the places of a list to which nothing is added meanwhile.</summary>
    public struct Enumerator
    {
        private readonly PairPlaces _places;
        private int _block;
        private int _index;
        private int _left;

        internal Enumerator(PairPlaces places) => _places = places;

        /// <summary>The place.</summary>
        public int Current { get; private set; }

        /// <summary>Goes on; false at the end.</summary>
        public bool MoveNext()
        {
            if (_left > 0)
            {
                _left--;
                Current += _places._stride;
                return true;
            }

            if (_block < _places._blockCount && _index == Length(_block)) (_block, _index) = (_block + 1, 0);
            if (_block == _places._blockCount) return false;

            int[] numbers = _places._blocks[_block];
            Current = numbers[_index++];
            if (_places._stride > 0) _left = numbers[_index++] - 1;
            return true;
        }

        private readonly int Length(int block) => block == _places._blockCount - 1 ? _places._used : _places._blocks[block].Length;
    }
}
