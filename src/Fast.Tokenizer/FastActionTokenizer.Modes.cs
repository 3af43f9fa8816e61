using System.Buffers;
using System.Diagnostics;
using Fast.Tokenizer.RateDistortion;

namespace Fast.Tokenizer;

/// <content>The encoding modes that choose among token sequences.</content>
public sealed partial class FastActionTokenizer
{
    private SegmentationTrie? _trie;

    // Made when first needed: canonical encoding does without. Two threads may both make it, and make the same.
    private SegmentationTrie Trie => _trie ??= new SegmentationTrie(Definition.Vocabulary, Definition.Alphabet);

    /// <summary>Gives a chunk's coefficients in quantiser steps, and what they are encoded as; both in the tokenizer's order.</summary>
    /// <returns>False where the chunk cannot be encoded within the error bound of the mode.</returns>
    internal bool TryQuantize(
        ReadOnlySpan<double> actions, ActionShape shape, EncodeOptions options, Span<double> scaled, Span<int> quantized)
    {
        double[] scratch = ArrayPool<double>.Shared.Rent(shape.Count);
        int[] tokens = ArrayPool<int>.Shared.Rent(MaxTokenCount(shape));
        try
        {
            Span<double> coefficients = scratch.AsSpan(0, shape.Count);
            Normalize(actions, shape, coefficients);
            Transform(coefficients, shape, coefficients);
            _quantizer.Scaled(coefficients, shape, scaled);
            _quantizer.Quantize(coefficients, shape, quantized);
            if (!options.Mode.ChoosesIntegers) return true;
            int count = Encode(actions, shape, tokens, options).Count;
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
        ReadOnlySpan<double> coefficients,
        ReadOnlySpan<int> quantized,
        Span<int> tokens,
        EncodeOptions options,
        int clipped)
        where T : struct
    {
        double[] scratch = ArrayPool<double>.Shared.Rent(quantized.Length);
        try
        {
            Span<double> scaled = scratch.AsSpan(0, quantized.Length);
            if (options.Mode.ChoosesIntegers) _quantizer.Scaled(coefficients, shape, scaled);
            var chooser = new TokenChooser(Trie, _codec, Definition.Alphabet, _quantizer, shape, options.OutOfRange);
            return options.Mode switch
            {
                ShortestMode => chooser.Shortest(quantized, tokens),
                RateDistortionMode mode => chooser.RateDistortion(quantized, scaled, mode.Lambda, [], tokens),
                SampledMode mode => chooser.Sampled(quantized, mode.Seed, mode.Temperature, tokens),
                ErrorBoundMode mode => EncodeBounded(actions, shape, quantized, scaled, tokens, chooser, mode, clipped),
                _ => throw new UnreachableException(options.Mode.ToString()),
            };
        }
        finally
        {
            ArrayPool<double>.Shared.Return(scratch);
        }
    }
}
