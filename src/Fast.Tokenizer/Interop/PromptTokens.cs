namespace Fast.Tokenizer.Interop;

/// <summary>
/// Collects the ids of a prompt in parts of fixed length: a part's padding stays at its end, what does not fit is counted.
/// </summary>
internal sealed class PromptTokens
{
    private readonly int[] _tokens;
    private readonly bool[] _tokenMask;
    private readonly bool[] _autoregressiveMask;
    private readonly bool[] _lossMask;
    private int _partEnd;
    private int _dropped;

    public PromptTokens(int length, int paddingId)
    {
        _tokens = new int[length];
        _tokenMask = new bool[length];
        _autoregressiveMask = new bool[length];
        _lossMask = new bool[length];
        Array.Fill(_tokens, paddingId);
    }

    /// <summary>Index where the next id goes.</summary>
    public int Count { get; private set; }

    /// <summary>Leaves the rest of the current part as padding and begins the next.</summary>
    public void BeginPart(int length)
    {
        Count = _partEnd;
        _partEnd += length;
    }

    public void Add(int id, bool causal, bool loss)
    {
        if (Count == _partEnd)
        {
            _dropped++;
            return;
        }

        _tokens[Count] = id;
        _tokenMask[Count] = true;
        _autoregressiveMask[Count] = causal;
        _lossMask[Count++] = loss;
    }

    public ActionPrompt ToPrompt(int answerStart) => new(_tokens, _tokenMask, _autoregressiveMask, _lossMask, answerStart, _dropped);
}
