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
            if (options.Mode is not (ShortestMode or SampledMode)) _quantizer.Scaled(coefficients, shape, scaled);
            var chooser = new TokenChooser(Trie, _codec, Definition.Alphabet, options.OutOfRange);
            return options.Mode switch
            {
                ShortestMode => chooser.Shortest(quantized, tokens),
                RateDistortionMode mode => chooser.RateDistortion(quantized, scaled, mode.Lambda, tokens),
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
