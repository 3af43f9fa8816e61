namespace Fast.Tokenizer.Training;

/// <summary>A corpus before the first merge: each value is a token, the symbol <c>value - smallestValue</c>.</summary>
internal sealed class SymbolSequences(ICountedSequences corpus, int smallestValue) : ITokenSequences
{
    public long SequenceCount => corpus.DistinctCount;

    public long TokenCount => corpus.ValueCount;

    public void ForEach(Action<ReadOnlySpan<ushort>, long> visit)
    {
        ushort[] tokens = [];
        using ICountedSequenceReader sequences = corpus.Read();
        while (sequences.Next())
        {
            if (tokens.Length < sequences.Length) tokens = new ushort[sequences.Length];
            ReadOnlySpan<short> head = sequences.Head;
            for (int i = 0; i < head.Length; i++) tokens[i] = (ushort)(head[i] - smallestValue);
            tokens.AsSpan(head.Length, sequences.Length - head.Length).Fill((ushort)-smallestValue);
            visit(tokens.AsSpan(0, sequences.Length), sequences.Count);
        }
    }
}
