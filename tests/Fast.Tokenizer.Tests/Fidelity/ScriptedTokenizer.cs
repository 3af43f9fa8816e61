namespace Fast.Tokenizer.Tests.Fidelity;

/// <summary>Decodes each chunk with the errors that a test wrote down, after as many tokens as it wrote down.</summary>
internal sealed class ScriptedTokenizer(params ScriptedTokenizer.Chunk[] script) : IActionTokenizer
{
    private readonly Queue<Chunk> _script = new(script);
    private double[] _encoded = [];
    private Chunk _current = new([], 0);

    internal sealed record Chunk(double[] Errors, int Tokens, int Clipped = 0, DecodeStatus Status = DecodeStatus.Complete);

    public int VocabularySize => 1;

    public int MaxTokenCount(ActionShape shape) => 2 * shape.Count;

    public EncodeResult Encode(ReadOnlySpan<double> actions, ActionShape shape, Span<int> tokens)
    {
        _encoded = actions.ToArray();
        _current = _script.Dequeue();
        return new(_current.Tokens, _current.Clipped);
    }

    public DecodeResult TryDecode(ReadOnlySpan<int> tokens, ActionShape shape, Span<double> actions)
    {
        Assert.Equal(_current.Tokens, tokens.Length);
        for (int i = 0; i < actions.Length; i++) actions[i] = _encoded[i] + _current.Errors[i];
        return new(_current.Status, 3, 2);
    }

    public EncodeResult Encode(ReadOnlySpan<float> actions, ActionShape shape, Span<int> tokens) => throw new NotSupportedException();

    public DecodeResult TryDecode(ReadOnlySpan<int> tokens, ActionShape shape, Span<float> actions) => throw new NotSupportedException();
}
