using System.Numerics;
using System.Runtime.InteropServices;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer;

// The stages one by one, for decoding token after token.
public sealed partial class FastActionTokenizer
{
    /// <summary>Decodes one more token of a chunk.</summary>
    internal DecodeResult DecodeNext(int token, Span<int> coefficients, ref DecodeProgress progress) =>
        _codec.DecodeNext(token, coefficients, ref progress);

    /// <summary>Gives what a quantised coefficient, at an index in the tokenizer's order, stands for, in quantiser steps.</summary>
    internal double Reconstruct(int quantized, int index, ActionShape shape) => _quantizer.Reconstruct(quantized, index, shape);

    /// <summary>Gives the normalised values of a chunk, row-major [T,E] with the encoded dimensions, and how many were clipped.</summary>
    /// <param name="actions">The robot's own actions, row-major [T,D].</param>
    /// <param name="shape">Shape of the chunk.</param>
    /// <param name="context">State and mask.</param>
    /// <param name="normalized">Receives the values.</param>
    /// <param name="scratch">As many values, elsewhere in memory.</param>
    internal int Normalize<T>(
        ReadOnlySpan<T> actions, ActionShape shape, in ActionContext context, Span<double> normalized, Span<double> scratch)
        where T : struct, IFloatingPointIeee754<T>
    {
        ActionNormalizer normalizer = _normalizers.Get(Encoded(shape).Dimensions);
        if (Space(shape, context) is { } space)
        {
            space.Transform(actions, context, normalizer.Center, scratch);
            int clipped = normalizer.Normalize(scratch, normalized);
            space.ClearMasked(context, normalized);
            return clipped;
        }

        return typeof(T) == typeof(float)
            ? normalizer.Normalize(MemoryMarshal.Cast<T, float>(actions), normalized)
            : normalizer.Normalize(MemoryMarshal.Cast<T, double>(actions), normalized);
    }

    /// <summary>Gives the coefficients of normalised values, neither scaled nor rounded; both row-major [T,D].</summary>
    internal void Transform(ReadOnlySpan<double> normalized, ActionShape shape, Span<double> coefficients) =>
        _plans.Get(shape.Horizon).Forward(normalized, shape.Dimensions, coefficients);

    /// <summary>Gives the actions that quantised coefficients, in the tokenizer's order, stand for.</summary>
    /// <param name="quantized">The coefficients [T,E].</param>
    /// <param name="shape">Shape of the chunk.</param>
    /// <param name="context">State and mask.</param>
    /// <param name="actions">Receives the robot's own actions, row-major [T,D].</param>
    /// <param name="coefficients">Room for T times E values.</param>
    /// <param name="normalized">Room for as many; a place of its own saves a copy.</param>
    internal void Restore<T>(
        ReadOnlySpan<int> quantized,
        ActionShape shape,
        in ActionContext context,
        Span<T> actions,
        Span<double> coefficients,
        Span<double> normalized)
        where T : struct, IFloatingPointIeee754<T>
    {
        ActionShape encoded = Encoded(shape);
        _quantizer.Dequantize(quantized, encoded, coefficients);
        _plans.Get(encoded.Horizon).Inverse(coefficients, encoded.Dimensions, normalized);
        Denormalize(normalized, shape, context, actions, coefficients);
    }

    /// <summary>Gives the actions that normalised values, row-major [T,E], stand for.</summary>
    /// <param name="normalized">The values.</param>
    /// <param name="shape">Shape of the chunk.</param>
    /// <param name="context">State and mask.</param>
    /// <param name="actions">Receives the robot's own actions, row-major [T,D].</param>
    /// <param name="scratch">Room for T times E values; may be that of <paramref name="normalized"/>.</param>
    internal void Denormalize<T>(
        ReadOnlySpan<double> normalized, ActionShape shape, in ActionContext context, Span<T> actions, Span<double> scratch)
        where T : struct, IFloatingPointIeee754<T>
    {
        ActionNormalizer normalizer = _normalizers.Get(Encoded(shape).Dimensions);
        if (Space(shape, context) is { } space)
        {
            normalizer.Denormalize(normalized, scratch);
            space.Restore(scratch, context, actions);
        }
        else if (typeof(T) == typeof(float)) normalizer.Denormalize(normalized, MemoryMarshal.Cast<T, float>(actions));
        else normalizer.Denormalize(normalized, MemoryMarshal.Cast<T, double>(actions));
    }
}
