using System.Buffers;

namespace Fast.Tokenizer;

/// <summary>A pooled buffer of token ids, given back when disposed.</summary>
internal readonly ref struct TokenBuffer(int length)
{
    private readonly int[] _rented = ArrayPool<int>.Shared.Rent(length);

    public Span<int> Span => _rented.AsSpan(0, length);

    public void Dispose() => ArrayPool<int>.Shared.Return(_rented);
}
