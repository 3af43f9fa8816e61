namespace Fast.Tokenizer.Fidelity;

/// <summary>Keeps the chunks with the largest errors, so that windows that overlap do not fill the list with one error.</summary>
/// <remarks>
/// An episode is cut into stretches of T steps by where chunks start, and of each stretch only the worst chunk is a candidate. Chunks that
/// overlap start in the same stretch or in neighbouring ones, so a chunk in the list displaces at most two candidates, and three times as
/// many as are listed are enough to keep. Of equal errors the chunk added first is the worse, so merging parts in order gives what one pass
/// gives.
/// </remarks>
/// <param name="horizon">Time steps in a chunk, T.</param>
internal sealed class WorstChunks(int horizon)
{
    private const int Listed = 10;
    private const int Kept = 3 * Listed;

    // The largest error first.
    private readonly List<FidelityChunk> _candidates = new(Kept + 1);

    public void Add(FidelityChunk chunk)
    {
        if (_candidates.Count == Kept && !(chunk.MaxError > _candidates[^1].MaxError)) return;
        for (int i = 0; i < _candidates.Count; i++)
        {
            FidelityChunk candidate = _candidates[i];
            if (candidate.Step / horizon != chunk.Step / horizon || candidate.Episode != chunk.Episode) continue;
            if (!(chunk.MaxError > candidate.MaxError)) return;
            _candidates.RemoveAt(i);
            break;
        }

        int place = _candidates.Count;
        while (place > 0 && _candidates[place - 1].MaxError < chunk.MaxError) place--;
        _candidates.Insert(place, chunk);
        if (_candidates.Count > Kept) _candidates.RemoveAt(Kept);
    }

    public void Merge(WorstChunks later)
    {
        foreach (FidelityChunk chunk in later._candidates) Add(chunk);
    }

    /// <summary>The largest error first; none overlaps one before it.</summary>
    public FidelityChunk[] ToArray()
    {
        var listed = new List<FidelityChunk>(Listed);
        foreach (FidelityChunk candidate in _candidates)
        {
            if (listed.Count == Listed) break;
            if (!listed.Any(worse => worse.Episode == candidate.Episode && Math.Abs(worse.Step - candidate.Step) < horizon))
                listed.Add(candidate);
        }

        return [.. listed];
    }
}
