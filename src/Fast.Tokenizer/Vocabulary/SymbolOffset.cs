using System.Numerics;
using System.Runtime.InteropServices;

namespace Fast.Tokenizer.Vocabulary;

/// <summary>Moves numbers by the same amount, as coefficients become symbols and back.</summary>
internal static class SymbolOffset
{
    /// <summary>Writes each number plus the offset; sums wrap.</summary>
    public static void Add(ReadOnlySpan<int> numbers, int offset, Span<int> sums)
    {
        sums = sums[..numbers.Length];
        int i = 0;
        if (numbers.Length >= Vector<int>.Count)
        {
            ReadOnlySpan<Vector<int>> source = MemoryMarshal.Cast<int, Vector<int>>(numbers);
            Span<Vector<int>> target = MemoryMarshal.Cast<int, Vector<int>>(sums);
            for (int k = 0; k < source.Length; k++) target[k] = source[k] + new Vector<int>(offset);
            i = source.Length * Vector<int>.Count;
        }

        for (; i < numbers.Length; i++) sums[i] = numbers[i] + offset;
    }
}
