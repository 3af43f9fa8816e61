using System.Buffers;
using System.Diagnostics;
using System.Numerics;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.RateDistortion;

namespace Fast.Tokenizer;

// The encoding modes that choose among token sequences.
public sealed partial class FastActionTokenizer
{
    /// <summary>Gives a chunk's coefficients in quantiser steps, and what they are encoded as; both in the tokenizer's order.</summary>
    /// <returns>False where the chunk cannot be encoded within the error bound of the mode.</returns>
    internal bool TryQuantize(
        ReadOnlySpan<double> actions,
        ActionShape shape,
        in ActionContext context,
        EncodeOptions options,
        Span<double> scaled,
        Span<int> quantized)
    {
        ActionShape encoded = Encoded(shape);
        double[] scratch = ArrayPool<double>.Shared.Rent(2 * encoded.Count);
        int[] tokens = ArrayPool<int>.Shared.Rent(MaxTokenCount(shape));
        try
        {
            Span<double> coefficients = scratch.AsSpan(0, encoded.Count);
            Normalize(actions, shape, context, coefficients, scratch.AsSpan(encoded.Count, encoded.Count));
            Transform(coefficients, encoded, coefficients);
            _quantizer.Scaled(coefficients, encoded, scaled);
            _quantizer.Quantize(coefficients, encoded, quantized);
            if (!options.Mode.ChoosesIntegers) return true;
            int count = Encode(actions, shape, tokens, context, options).Count;
            return _codec.Decode(tokens.AsSpan(0, count), quantized).IsComplete;
        }
        catch (ErrorBoundException)
        {
            return false;
        }
        finally
        {
            ArrayPool<double>.Shared.Return(scratch);
            ArrayPool<int>.Shared.Return(tokens);
        }
    }

    private EncodeResult EncodeChosen<T>(
        ReadOnlySpan<T> actions,
        ActionShape shape,
        in ActionContext context,
        ReadOnlySpan<double> coefficients,
        ReadOnlySpan<int> quantized,
        Span<int> tokens,
        EncodeOptions options,
        int clipped)
        where T : struct, IFloatingPointIeee754<T>
    {
        ActionShape encoded = Encoded(shape);
        double[] scratch = ArrayPool<double>.Shared.Rent(quantized.Length);
        try
        {
            Span<double> scaled = scratch.AsSpan(0, quantized.Length);
            if (options.Mode.ChoosesIntegers) _quantizer.Scaled(coefficients, encoded, scaled);
            var chooser = new TokenChooser(_compiled.Trie, _codec, Definition.Alphabet, _quantizer, encoded, options.OutOfRange);
            return options.Mode switch
            {
                ShortestMode => chooser.Shortest(quantized, tokens),
                RateDistortionMode mode => chooser.RateDistortion(quantized, scaled, mode.Lambda, [], tokens),
                SampledMode mode => chooser.Sampled(quantized, mode.Seed, mode.Temperature, tokens),
                ErrorBoundMode mode => EncodeBounded(actions, shape, context, quantized, scaled, tokens, chooser, mode, clipped),
                _ => throw new UnreachableException(options.Mode.ToString()),
            };
        }
        finally
        {
            ArrayPool<double>.Shared.Return(scratch);
        }
    }
}
