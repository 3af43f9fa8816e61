using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Training;

/// <summary>Merges that are known to follow each other from one count of all pairs, so that one pass over the sequences does them all.</summary>
/// <remarks>
/// <para>
/// The pairs that may be merged are put in order: by count, the largest first, then by ids. The first is the next merge, by definition. The
/// others follow as long as a pair (c,d)
/// </para>
/// <list type="number">
/// <item>overlaps no pair (a,b) taken before it, which would be <c>b = c</c> or <c>a = d</c>, and</item>
/// <item>counts at least what the merge of any (a,a) taken before it leaves of runs of a, see <see cref="PairFrequency.AfterItself"/>.</item>
/// </list>
/// <para>
/// Proof that (c,d) is the next merge after those taken before it. A merge of (a,b) takes away places of pairs that share a token with a place
/// of (a,b): (a,b) itself, pairs that begin with b, pairs that end with a. By 1, (c,d) is none of them and counts what it counted. Every other
/// pair of old tokens counts at most what it counted, so it is still behind (c,d); but for those taken, which count 0 by now (of (a,a) there is
/// left one a at the end of a run). Let N be made of (a,b). Where the token X before N is old, each place of (X,N) was one of (X,a); where
/// it was made of (e,f), one of (f,a). Call that (Z,a), and leave out Z = a = b. It overlaps (a,b), so it was not taken. If it is too long, so is
/// the pair with N. Else it is behind (c,d): it counts less, and so does the pair with N; or as much, with larger ids, and so has the pair with
/// N, as new ids are larger than all old ones. Likewise each place of (N,Y) was one of (b,Y) or of b and the first part of Y, unless that is
/// b = a too. What was left out is (N,N) and (N,a) in runs of a; (a,N) never comes up, for a run is merged from its left. By 2 these count at
/// most as much as (c,d), with a larger left id.
/// </para>
/// <para>
/// By 1, places of different pairs of a batch never overlap. So one pass from left to right does what one pass for each of them would do.
/// </para>
/// </remarks>
internal sealed class MergeBatch
{
    private readonly PairTable _tokens = new(16);
    private readonly HashSet<int> _lefts = [];
    private readonly HashSet<int> _rights = [];
    private readonly bool[] _isLeft;
    private ushort[] _merged = [];

    private MergeBatch(int tokenCount) => _isLeft = new bool[tokenCount];

    /// <summary>Whether no pair is frequent enough any more.</summary>
    public bool IsEmpty => _lefts.Count == 0;

    /// <summary>Finds the next merges, and adds them to those before.</summary>
    /// <param name="frequencies">All pairs, as they are after the merges found so far.</param>
    /// <param name="merges">The merges found so far, not complete.</param>
    /// <param name="options">Which pairs may be merged.</param>
    public static MergeBatch Next(PairFrequencies frequencies, MergesInTraining merges, BpeTrainerOptions options)
    {
        var batch = new MergeBatch(merges.NextToken);
        var allowed = new List<(PairFrequency, (long, int, int))>();
        foreach (PairFrequency pair in frequencies.Pairs)
        {
            if (pair.Count >= options.MinFrequency
                && merges.Lengths[pair.Left] + merges.Lengths[pair.Right] <= options.MaxTokenLength)
            {
                allowed.Add((pair, (-pair.Count, pair.Left, pair.Right)));
            }
        }

        var order = new PriorityQueue<PairFrequency, (long NegatedCount, int Left, int Right)>(allowed);
        long least = 0;
        while (!merges.IsComplete && order.TryDequeue(out PairFrequency next, out _))
        {
            (int left, int right, long count, long afterItself) = next;
            if (count < least || batch._rights.Contains(left) || batch._lefts.Contains(right)) break;
            batch.Add(left, right, merges.NextToken);
            merges.Add(left, right);
            least = Math.Max(least, afterItself);
        }

        return batch;
    }

    /// <summary>Replaces the pairs by their tokens wherever they stand, from left to right.</summary>
    /// <returns>The tokens after it, valid until the next call.</returns>
    public ReadOnlySpan<ushort> Apply(ReadOnlySpan<ushort> tokens)
    {
        if (_merged.Length < tokens.Length) _merged = new ushort[tokens.Length];
        int length = 0;
        for (int i = 0; i < tokens.Length; i++)
        {
            int token = tokens[i];
            if (_isLeft[token] && i + 1 < tokens.Length)
            {
                int merged = _tokens.Get(token, tokens[i + 1], -1);
                if (merged >= 0) (token, i) = (merged, i + 1);
            }

            _merged[length++] = (ushort)token;
        }

        return _merged.AsSpan(0, length);
    }

    private void Add(int left, int right, int token)
    {
        _tokens.Set(left, right, token);
        _lefts.Add(left);
        _rights.Add(right);
        _isLeft[left] = true;
    }
}
