using System.Diagnostics;

namespace Fast.Tokenizer.Fidelity;

/// <summary>Keeps account of how many tokens chunks take, and of which.</summary>
/// <param name="vocabularySize">Number of ids.</param>
/// <param name="mostTokens">Most tokens that a chunk can take.</param>
internal sealed class TokenAccount(int vocabularySize, int mostTokens)
{
    private readonly long[] _ids = new long[vocabularySize];
    private readonly long[] _chunksByTokens = new long[mostTokens + 1];
    private long _chunks;
    private long _tokens;

    /// <summary>How often each id occurred.</summary>
    public ReadOnlySpan<long> Ids => _ids;

    /// <summary>Element i is the number of chunks that took i tokens; the last element is not 0.</summary>
    public ReadOnlySpan<long> ChunksByTokens => _chunksByTokens.AsSpan(0, _chunksByTokens.AsSpan().LastIndexOfAnyExcept(0) + 1);

    public double Mean => _tokens / (double)_chunks;

    public void Add(ReadOnlySpan<int> tokens)
    {
        foreach (int id in tokens) _ids[id]++;
        _chunksByTokens[tokens.Length]++;
        _tokens += tokens.Length;
        _chunks++;
    }

    public void Merge(TokenAccount other)
    {
        for (int id = 0; id < _ids.Length; id++) _ids[id] += other._ids[id];
        for (int i = 0; i < _chunksByTokens.Length; i++) _chunksByTokens[i] += other._chunksByTokens[i];
        _tokens += other._tokens;
        _chunks += other._chunks;
    }

    /// <summary>Linear between neighbours (R7, numpy's default).</summary>
    public double Percentile(double fraction)
    {
        double position = (_chunks - 1) * fraction;
        long rank = (long)position;
        int below = AtRank(rank);
        int above = AtRank(Math.Min(rank + 1, _chunks - 1));
        return below + ((position - rank) * (above - below));
    }

    public VocabularyUse Use()
    {
        long most = 0;
        int used = 0;
        double entropy = 0;
        foreach (long count in _ids)
        {
            if (count == 0) continue;
            (most, used) = (Math.Max(most, count), used + 1);
            entropy -= (double)count / _tokens * Math.Log((double)count / _tokens);
        }

        return new VocabularyUse(
            (double)used / _ids.Length, _ids.Length > 1 ? entropy / Math.Log(_ids.Length) : 0, _tokens == 0 ? 0 : (double)most / _tokens);
    }

    private int AtRank(long rank)
    {
        for (int tokens = 0; tokens < _chunksByTokens.Length; tokens++)
        {
            rank -= _chunksByTokens[tokens];
            if (rank < 0) return tokens;
        }

        throw new UnreachableException();
    }
}
