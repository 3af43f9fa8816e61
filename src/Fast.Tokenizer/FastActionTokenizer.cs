using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.RateDistortion;
using Fast.Tokenizer.Transform;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer;

/// <summary>
/// The FAST tokenizer (arXiv 2501.09747): normalise, transform along time, scale and round, order by frequency, merge; and back.
/// </summary>
/// <remarks>
/// Immutable and safe to share between threads. Encoding and decoding allocate nothing, but at the horizons that <see cref="DctPlan"/>
/// leaves to another library.
/// </remarks>
public sealed partial class FastActionTokenizer : IActionTokenizer
{
    private readonly LastUsed<ActionNormalizer> _normalizers;
    private readonly LastUsed<DctPlan> _plans = new(horizon => new DctPlan(horizon));
    private readonly CoefficientQuantizer _quantizer;
    private readonly CompiledVocabulary _compiled;
    private readonly TokenCodec _codec;
    private readonly FrozenDictionary<string, FastActionTokenizer> _embodiments;

    /// <summary>Makes a tokenizer from its parts.</summary>
    /// <param name="definition">The parts.</param>
    /// <exception cref="ArgumentException">The parts do not fit each other.</exception>
    public FastActionTokenizer(FastTokenizerDefinition definition)
        : this(definition, null)
    {
    }

    private FastActionTokenizer(FastTokenizerDefinition definition, CompiledVocabulary? compiled)
    {
        ArgumentNullException.ThrowIfNull(definition);
        Definition = definition;
        _space = definition.ActionSpace;
        _normalizers = new LastUsed<ActionNormalizer>(dimensions => definition.Normalizer ?? ActionNormalizer.Identity(dimensions));
        _quantizer = new CoefficientQuantizer(definition.Scale, definition.Order, definition.Reconstruction);
        _compiled = compiled ?? new CompiledVocabulary(definition.Alphabet, definition.Vocabulary);
        _codec = _compiled.Codec;
        CheckParts(definition);
        _embodiments = definition.Embodiments.ToFrozenDictionary(
            entry => entry.Key, entry => OfEmbodiment(definition, entry.Key, entry.Value, _compiled), StringComparer.Ordinal);
    }

    /// <summary>The parts the tokenizer is made of.</summary>
    public FastTokenizerDefinition Definition { get; }

    /// <inheritdoc/>
    public int VocabularySize => Definition.Vocabulary.Count;

    /// <inheritdoc/>
    public int MaxTokenCount(ActionShape shape) => MostTokens(Encoded(shape));

    /// <inheritdoc/>
    public EncodeResult Encode(ReadOnlySpan<float> actions, ActionShape shape, Span<int> tokens) =>
        Encode(actions, shape, tokens, EncodeOptions.Default);

    /// <inheritdoc/>
    public EncodeResult Encode(ReadOnlySpan<double> actions, ActionShape shape, Span<int> tokens) =>
        Encode(actions, shape, tokens, EncodeOptions.Default);

    /// <summary>Encodes one chunk, with choices.</summary>
    /// <param name="actions">Actions, row-major [T,D], in physical units, or normalised where the tokenizer has no statistics.</param>
    /// <param name="shape">Shape of the chunk.</param>
    /// <param name="tokens">Receives the token ids; <see cref="MaxTokenCount"/> is always enough.</param>
    /// <param name="options">Choices for this encode.</param>
    /// <returns>How many ids were written, and how many values were clipped.</returns>
    /// <exception cref="ArgumentException">
    /// A length does not fit the shape, a value is not finite, <paramref name="tokens"/> is too small, or clipping is refused and needed.
    /// </exception>
    /// <exception cref="ErrorBoundException">The mode is an error bound that the chunk cannot be encoded within.</exception>
    /// <exception cref="InvalidOperationException">A tokenizer of several robots, see <see cref="For"/>.</exception>
    public EncodeResult Encode(ReadOnlySpan<float> actions, ActionShape shape, Span<int> tokens, EncodeOptions options) =>
        Encode<float>(actions, shape, tokens, default, options);

    /// <inheritdoc cref="Encode(ReadOnlySpan{float}, ActionShape, Span{int}, EncodeOptions)"/>
    public EncodeResult Encode(ReadOnlySpan<double> actions, ActionShape shape, Span<int> tokens, EncodeOptions options) =>
        Encode<double>(actions, shape, tokens, default, options);

    /// <summary>Encodes one chunk of actions.</summary>
    /// <param name="actions">Actions [T,D].</param>
    /// <returns>The token ids.</returns>
    /// <exception cref="ArgumentException">
    /// The array is empty, a value is not finite, or the dimensions are not the tokenizer's.
    /// </exception>
    /// <exception cref="InvalidOperationException">A tokenizer of several robots, see <see cref="For"/>.</exception>
    public int[] Encode(float[,] actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        (int horizon, int dimensions) = (actions.GetLength(0), actions.GetLength(1));
        if (actions.Length == 0)
        {
            throw new ArgumentException(
                $"the array [{horizon},{dimensions}] is empty: a chunk has at least 1 step and 1 dimension", nameof(actions));
        }

        return this.Encode(MemoryMarshal.CreateReadOnlySpan(ref actions[0, 0], actions.Length), new ActionShape(horizon, dimensions));
    }

    /// <summary>Decodes one chunk of the shape that the tokenizer was trained for.</summary>
    /// <param name="tokens">Token ids.</param>
    /// <returns>Actions [T,D].</returns>
    /// <exception cref="ActionDecodeException">The tokens do not give exactly one chunk.</exception>
    /// <exception cref="InvalidOperationException">The tokenizer does not know its horizon or dimensions.</exception>
    public float[,] Decode(int[] tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return this.Decode(tokens, TrainedShape());
    }

    /// <inheritdoc/>
    public DecodeResult TryDecode(ReadOnlySpan<int> tokens, ActionShape shape, Span<float> actions) =>
        Decode(tokens, shape, actions, default, orPrefix: false);

    /// <inheritdoc/>
    public DecodeResult TryDecode(ReadOnlySpan<int> tokens, ActionShape shape, Span<double> actions) =>
        Decode(tokens, shape, actions, default, orPrefix: false);

    /// <summary>Decodes one chunk, doing as the policy says where the tokens do not give exactly one.</summary>
    /// <param name="tokens">Token ids, any values.</param>
    /// <param name="shape">Shape of the chunk.</param>
    /// <param name="actions">Receives the actions, row-major [T,D]; always finite.</param>
    /// <param name="policy">What to do where the tokens are short, long or invalid.</param>
    /// <returns>Whether the tokens give exactly one chunk, and where they fail to.</returns>
    /// <exception cref="ActionDecodeException">They do not, and the policy is <see cref="DecodePolicy.Strict"/> or not known.</exception>
    /// <exception cref="ArgumentException">
    /// A length does not fit the shape, or the policy is <see cref="DecodePolicy.Hold"/>, which needs a fallback.
    /// </exception>
    /// <exception cref="InvalidOperationException">A tokenizer of several robots, see <see cref="For"/>.</exception>
    public DecodeResult Decode(ReadOnlySpan<int> tokens, ActionShape shape, Span<float> actions, DecodePolicy policy) =>
        Decode<float>(tokens, shape, actions, policy, default, []);

    /// <inheritdoc cref="Decode(ReadOnlySpan{int}, ActionShape, Span{float}, DecodePolicy)"/>
    public DecodeResult Decode(ReadOnlySpan<int> tokens, ActionShape shape, Span<double> actions, DecodePolicy policy) =>
        Decode<double>(tokens, shape, actions, policy, default, []);

    /// <summary>Decodes one chunk, doing as the policy says where the tokens do not give exactly one.</summary>
    /// <param name="tokens">Token ids, any values.</param>
    /// <param name="shape">Shape of the chunk.</param>
    /// <param name="actions">Receives the actions, row-major [T,D]; always finite.</param>
    /// <param name="policy">What to do where the tokens are short, long or invalid.</param>
    /// <param name="fallback">What <see cref="DecodePolicy.Hold"/> writes, row-major [T,D], in the unit of the actions; may be the memory
    /// of <paramref name="actions"/>. Checked whenever that is the policy, else not looked at.</param>
    /// <returns>Whether the tokens give exactly one chunk, and where they fail to.</returns>
    /// <exception cref="ActionDecodeException">They do not, and the policy is <see cref="DecodePolicy.Strict"/> or not known.</exception>
    /// <exception cref="ArgumentException">A length does not fit the shape, or a value of a fallback that counts is not finite.</exception>
    /// <exception cref="InvalidOperationException">A tokenizer of several robots, see <see cref="For"/>.</exception>
    public DecodeResult Decode(
        ReadOnlySpan<int> tokens, ActionShape shape, Span<float> actions, DecodePolicy policy, ReadOnlySpan<float> fallback) =>
        Decode<float>(tokens, shape, actions, policy, default, fallback);

    /// <inheritdoc cref="Decode(ReadOnlySpan{int}, ActionShape, Span{float}, DecodePolicy, ReadOnlySpan{float})"/>
    public DecodeResult Decode(
        ReadOnlySpan<int> tokens, ActionShape shape, Span<double> actions, DecodePolicy policy, ReadOnlySpan<double> fallback) =>
        Decode<double>(tokens, shape, actions, policy, default, fallback);

    private EncodeResult Encode<T>(
        ReadOnlySpan<T> actions, ActionShape shape, Span<int> tokens, in ActionContext context, EncodeOptions options)
        where T : struct, IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(actions.Length, shape, nameof(actions));
        ActionShape encoded = Encoded(shape);
        int count = encoded.Count;
        double[] scratch = ArrayPool<double>.Shared.Rent(ScratchLength(count));
        try
        {
            Span<double> normalized = scratch.AsSpan(0, count), coefficients = scratch.AsSpan(count, count);
            Span<int> quantized = Integers(scratch, count);
            int clipped = Normalize(actions, shape, context, normalized, coefficients);
            Transform(normalized, encoded, coefficients);
            _quantizer.Quantize(coefficients, encoded, quantized);
            if (clipped > 0 && options.OutOfRange == OutOfRangePolicy.Refuse) throw Refused(clipped);
            EncodeResult result = options.Mode is CanonicalMode
                ? _codec.Encode(quantized, tokens, options.OutOfRange)
                : EncodeChosen(actions, shape, context, coefficients, quantized, tokens, options, clipped);
            return result with { Clipped = result.Clipped + clipped };
        }
        finally
        {
            ArrayPool<double>.Shared.Return(scratch);
        }
    }

    private DecodeResult Decode<T>(ReadOnlySpan<int> tokens, ActionShape shape, Span<T> actions, in ActionContext context, bool orPrefix)
        where T : struct, IFloatingPointIeee754<T>
    {
        Check(actions.Length, shape, nameof(actions));
        CheckContext(shape, context);
        int count = Encoded(shape).Count;
        double[] scratch = ArrayPool<double>.Shared.Rent(ScratchLength(count));
        try
        {
            Span<int> quantized = Integers(scratch, count);
            DecodeResult result = _codec.Decode(tokens, quantized);
            if (!result.IsComplete)
            {
                if (!orPrefix) return result;
                if (result.Coefficients < count) quantized[result.Coefficients..].Clear();
            }

            Restore(quantized, shape, context, actions, scratch.AsSpan(0, count), scratch.AsSpan(count, count));
            return result;
        }
        finally
        {
            ArrayPool<double>.Shared.Return(scratch);
        }
    }

    // One array holds the values before and behind the transform, which then need not be copied, and the integers: renting costs a short
    // chunk as much as a stage.
    private static int ScratchLength(int count) => 2 * count + (count + 1) / 2;

    private static Span<int> Integers(double[] scratch, int count) =>
        MemoryMarshal.Cast<double, int>(scratch.AsSpan(2 * count))[..count];

    private DecodeResult Decode<T>(
        ReadOnlySpan<int> tokens,
        ActionShape shape,
        Span<T> actions,
        DecodePolicy policy,
        in ActionContext context,
        ReadOnlySpan<T> fallback)
        where T : struct, IFloatingPointIeee754<T>
    {
        if (policy != DecodePolicy.Hold)
        {
            // What is not known as a policy must not let an incomplete chunk through.
            DecodeResult tried = Decode(tokens, shape, actions, context, policy == DecodePolicy.Prefix);
            return policy == DecodePolicy.Prefix || tried.IsComplete
                ? tried
                : throw new ActionDecodeException(tried, Encoded(shape), tokens);
        }

        // A fallback that is not fit to be used must come to light before the day it is needed.
        CheckFallback(fallback, shape);
        DecodeResult result = Decode(tokens, shape, actions, context, orPrefix: false);
        if (!result.IsComplete) fallback.CopyTo(actions);
        return result;
    }

    private static void CheckFallback<T>(ReadOnlySpan<T> fallback, ActionShape shape)
        where T : struct, IFloatingPointIeee754<T>
    {
        if (fallback.Length != shape.Count)
        {
            throw new ArgumentException(
                $"the fallback has {fallback.Length} values, a chunk of {shape} has {shape.Count}: "
                + $"DecodePolicy.Hold needs a whole chunk to fall back on",
                nameof(fallback));
        }

        for (int i = 0; i < fallback.Length; i++)
        {
            if (T.IsFinite(fallback[i])) continue;
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"the fallback at step {i / shape.Dimensions}, dimension {i % shape.Dimensions} is {fallback[i]}; give a chunk of finite values"),
                nameof(fallback));
        }
    }

    private ActionShape TrainedShape() => Definition.Metadata is { Horizon: { } horizon, Dimensions: { } dimensions }
        ? new ActionShape(horizon, dimensions)
        : throw new InvalidOperationException("the tokenizer does not say its horizon and dimensions: pass an ActionShape");

    internal void Check(int length, ActionShape shape, string name)
    {
        if (length != shape.Count || length == 0) throw new ArgumentException($"{length} values are not a chunk of {shape}", name);
        CheckDimensions(shape);
    }

    /// <summary>Refuses a chunk that has other dimensions than the tokenizer.</summary>
    internal void CheckDimensions(ActionShape shape)
    {
        if (_space is { Dimensions.Count: var own } && shape.Dimensions != own)
        {
            throw new ArgumentException(
                $"the chunk {shape} has {shape.Dimensions} dimensions, the tokenizer's action space {own}", nameof(shape));
        }

        int encoded = Encoded(shape).Dimensions;
        if (Definition.Normalizer is { Dimensions: var dimensions } && encoded != dimensions)
        {
            throw new ArgumentException(
                $"the chunk {shape} has {shape.Dimensions} dimensions, the tokenizer's statistics {dimensions}", nameof(shape));
        }

        if (Definition.Normalizer is { Horizon: { } steps } && shape.Horizon != steps)
        {
            throw new ArgumentException(
                $"the chunk {shape} has {shape.Horizon} steps, the tokenizer's statistics are per time step of {steps}", nameof(shape));
        }

        if (Definition.Reconstruction is { Shape.Dimensions: var points } && encoded != points)
        {
            throw new ArgumentException(
                $"the chunk {shape} has {shape.Dimensions} dimensions, the tokenizer's reconstruction points {points}", nameof(shape));
        }

        if (_embodiments.Count > 0 && Definition.Normalizer is null)
        {
            throw new InvalidOperationException(
                $"the tokenizer has the statistics of {KnownEmbodiments()}: choose one with {nameof(FastActionTokenizer)}.{nameof(For)}");
        }
    }

    private static void CheckParts(FastTokenizerDefinition definition)
    {
        if (definition is { Normalizer.Horizon: { } steps, Metadata.Horizon: { } horizon } && steps != horizon)
        {
            throw new ArgumentException(
                $"the statistics are per time step of {steps}, the metadata says {horizon} steps", nameof(definition));
        }

        if (definition.ActionSpace is { } space)
        {
            int own = space.Dimensions.Count, encoded = space.EncodedDimensions.Count;
            if (definition.Metadata.Dimensions is { } named && named != own)
                throw new ArgumentException($"the action space is of {own} dimensions, the metadata says {named}", nameof(definition));
            if (definition.Normalizer?.Dimensions is { } ranges && ranges != encoded)
            {
                throw new ArgumentException(
                    $"the statistics are of {ranges} dimensions, the action space encodes {encoded}", nameof(definition));
            }

            definition.Metadata.Check(own);
            if (definition.Reconstruction?.Shape.Dimensions is { } levels && levels != encoded)
            {
                throw new ArgumentException(
                    $"the reconstruction points are of {levels} dimensions, the action space encodes {encoded}", nameof(definition));
            }

            return;
        }

        if (definition.Normalizer?.Dimensions is { } known && definition.Metadata.Dimensions is { } said && known != said)
            throw new ArgumentException($"the statistics are of {known} dimensions, the metadata says {said}", nameof(definition));
        definition.Metadata.Check(definition.Normalizer?.Dimensions);
        if (definition.Reconstruction?.Shape.Dimensions is { } points
            && (definition.Normalizer?.Dimensions ?? definition.Metadata.Dimensions ?? points) is var expected && points != expected)
        {
            throw new ArgumentException(
                $"the reconstruction points are of {points} dimensions, the tokenizer of {expected}", nameof(definition));
        }
    }

    private static ArgumentException Refused(int count) =>
        new($"{count} values lie outside the range of the normalization: "
            + $"encode with OutOfRangePolicy.Clamp, or without clipping in the normalization");
}
