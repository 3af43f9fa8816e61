using System.Runtime.InteropServices;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer;

/// <content>The stages one by one, for decoding token after token.</content>
public sealed partial class FastActionTokenizer
{
    /// <summary>Decodes one more token of a chunk.</summary>
    internal DecodeResult DecodeNext(int token, Span<int> coefficients, ref DecodeProgress progress) =>
        _codec.DecodeNext(token, coefficients, ref progress);

    /// <summary>Gives what a quantised coefficient, at an index in the tokenizer's order, stands for, in quantiser steps.</summary>
    internal double Reconstruct(int quantized, int index, ActionShape shape) => _quantizer.Reconstruct(quantized, index, shape);

    /// <summary>Gives the normalised values of actions, row-major [T,D], and how many were clipped.</summary>
    internal int Normalize<T>(ReadOnlySpan<T> actions, ActionShape shape, Span<double> normalized)
        where T : struct
    {
        ActionNormalizer normalizer = _normalizers.Get(shape.Dimensions);
        return typeof(T) == typeof(float)
            ? normalizer.Normalize(MemoryMarshal.Cast<T, float>(actions), normalized)
            : normalizer.Normalize(MemoryMarshal.Cast<T, double>(actions), normalized);
    }

    /// <summary>Gives the coefficients of normalised values, neither scaled nor rounded; both row-major [T,D].</summary>
    internal void Transform(ReadOnlySpan<double> normalized, ActionShape shape, Span<double> coefficients) =>
        _plans.Get(shape.Horizon).Forward(normalized, shape.Dimensions, coefficients);

    /// <summary>Gives the actions that quantised coefficients, in the tokenizer's order, stand for.</summary>
    internal void Restore<T>(ReadOnlySpan<int> quantized, ActionShape shape, Span<T> actions, Span<double> scratch)
        where T : struct =>
        Restore(quantized, shape, actions, scratch, scratch);

    /// <summary>The same with room of its own for the coefficients and for the normalised values, which saves a copy.</summary>
    private void Restore<T>(
        ReadOnlySpan<int> quantized, ActionShape shape, Span<T> actions, Span<double> coefficients, Span<double> normalized)
        where T : struct
    {
        _quantizer.Dequantize(quantized, shape, coefficients);
        _plans.Get(shape.Horizon).Inverse(coefficients, shape.Dimensions, normalized);
        Denormalize(normalized, shape, actions);
    }

    /// <summary>Gives the actions that normalised values, row-major [T,D], stand for.</summary>
    internal void Denormalize<T>(ReadOnlySpan<double> normalized, ActionShape shape, Span<T> actions)
        where T : struct
    {
        ActionNormalizer normalizer = _normalizers.Get(shape.Dimensions);
        if (typeof(T) == typeof(float)) normalizer.Denormalize(normalized, MemoryMarshal.Cast<T, float>(actions));
        else normalizer.Denormalize(normalized, MemoryMarshal.Cast<T, double>(actions));
    }
}
