using System.Numerics;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Transform;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Decoding;

/// <summary>Decodes a chunk token by token; the best chunk so far can be read at any moment.</summary>
/// <remarks>
/// <para>Low frequencies come first, so every prefix of the tokens is a smoother version of the whole. Coefficients that are still missing
/// are those of a prior chunk, such as the one that is being executed; without one they are zero.</para>
/// <para>A token costs T operations for each coefficient that it changes and nothing for the others: without a prior, for each that is not
/// zero. Neither pushing nor reading allocates.</para>
/// <para>A token that cannot belong to a chunk of the shape is refused: the result says why, and the decoder is as it was.</para>
/// <para>Not safe to use from several threads at once. Make one per stream of tokens and reset it for each chunk; the tokenizer may be
/// shared.</para>
/// </remarks>
public sealed class StreamingActionDecoder
{
    private readonly FastActionTokenizer _tokenizer;
    private readonly CosineColumns _columns;
    private readonly double _scale;
    private readonly CoefficientOrder _order;

    private readonly ActionShape _encoded;
    private readonly int[] _quantized;
    private readonly double[] _chunk;
    private readonly double[] _scratch;

    // Of the encoded dimensions: normalised values and their coefficients, both row-major [T,D]; null without a prior.
    private double[]? _prior;
    private double[]? _priorCoefficients;

    // A prior that turns out not to be fit must not have touched the one before.
    private double[]? _staged;
    private DecodeProgress _progress;

    /// <summary>Makes a decoder for which missing coefficients are zero.</summary>
    /// <param name="tokenizer">The tokenizer that the tokens are of.</param>
    /// <param name="shape">Shape of the chunks.</param>
    /// <exception cref="ArgumentException">The shape is empty or has other dimensions than the tokenizer's statistics.</exception>
    /// <exception cref="InvalidOperationException">A tokenizer of several robots, see <see cref="FastActionTokenizer.For"/>.</exception>
    public StreamingActionDecoder(FastActionTokenizer tokenizer, ActionShape shape)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        tokenizer.Check(shape.Count, shape, nameof(shape));
        _tokenizer = tokenizer;
        Shape = shape;
        _columns = new CosineColumns(shape.Horizon);
        _scale = tokenizer.Definition.Scale;
        _order = tokenizer.Definition.Order;
        _encoded = tokenizer.Encoded(shape);
        _quantized = new int[_encoded.Count];
        _chunk = new double[_encoded.Count];
        _scratch = new double[_encoded.Count];
    }

    /// <summary>Makes a decoder for which missing coefficients are those of a prior chunk.</summary>
    /// <param name="tokenizer">The tokenizer that the tokens are of.</param>
    /// <param name="shape">Shape of the chunks.</param>
    /// <param name="prior">
    /// The prior chunk, row-major [T,D], in the unit that the tokenizer encodes; clipped where its normalisation clips.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The shape does not fit the tokenizer or the prior, or a value of the prior is not finite.
    /// </exception>
    /// <exception cref="InvalidOperationException">A tokenizer of several robots, see <see cref="FastActionTokenizer.For"/>.</exception>
    public StreamingActionDecoder(FastActionTokenizer tokenizer, ActionShape shape, ReadOnlySpan<float> prior)
        : this(tokenizer, shape) => Reset(prior);

    /// <inheritdoc cref="StreamingActionDecoder(FastActionTokenizer, ActionShape, ReadOnlySpan{float})"/>
    public StreamingActionDecoder(FastActionTokenizer tokenizer, ActionShape shape, ReadOnlySpan<double> prior)
        : this(tokenizer, shape) => Reset(prior);

    /// <summary>Shape of the chunks.</summary>
    public ActionShape Shape { get; }

    /// <summary>Tokens taken since the last reset; refused ones do not count.</summary>
    public int Tokens => _progress.Tokens;

    /// <summary>Coefficients received, 0 to T times the encoded dimensions; the first ones in the tokenizer's order.</summary>
    public int Coefficients => _progress.Coefficients;

    /// <summary>The coefficients received, in the tokenizer's order.</summary>
    internal ReadOnlySpan<int> Quantized => _quantized.AsSpan(0, Coefficients);

    /// <summary>Whether all coefficients have been received.</summary>
    public bool IsComplete => Coefficients == _encoded.Count;

    /// <summary><see cref="DecodeStatus.Complete"/>, or <see cref="DecodeStatus.Short"/> while coefficients are missing.</summary>
    public DecodeStatus Status => IsComplete ? DecodeStatus.Complete : DecodeStatus.Short;

    /// <summary>Takes one token.</summary>
    /// <param name="token">Token id, any value.</param>
    /// <returns>
    /// Complete or short, with what has been received, where the token was taken; short too where it ends within a character, of which the
    /// next token has the rest. Anything else means that it was refused, and is what
    /// <see cref="FastActionTokenizer.TryDecode(ReadOnlySpan{int}, ActionShape, Span{double})"/> says of the tokens taken and this one.
    /// </returns>
    public DecodeResult Push(int token)
    {
        int from = _progress.Coefficients;
        DecodeResult result = _tokenizer.DecodeNext(token, _quantized, ref _progress);
        for (int i = from; i < _progress.Coefficients; i++)
        {
            // The common zero is told before anything is divided.
            int quantized = _quantized[i];
            if (quantized == 0 && _priorCoefficients is null) continue;
            int place = CoefficientQuantizer.Place(i, _encoded, _order);
            (int frequency, int dimension) = Math.DivRem(place, _encoded.Dimensions);
            double before = _priorCoefficients is null ? 0 : _priorCoefficients[place];
            double change = (_tokenizer.Reconstruct(quantized, i, _encoded) / _scale) - before;
            if (change != 0) _columns.Add(frequency, change, _chunk, dimension, _encoded.Dimensions);
        }

        return result;
    }

    /// <summary>Gives the best chunk so far; the same bits as a decode of all tokens at once where it is complete.</summary>
    /// <param name="actions">Receives the actions, row-major [T,D]; always finite.</param>
    /// <exception cref="ArgumentException">The length does not fit the shape.</exception>
    public void Read(Span<float> actions) => Read<float>(actions, default);

    /// <inheritdoc cref="Read(Span{float})"/>
    public void Read(Span<double> actions) => Read<double>(actions, default);

    /// <summary>Gives the best chunk so far; the same bits as a decode of all tokens at once where it is complete.</summary>
    /// <param name="actions">Receives the robot's own actions, row-major [T,D].</param>
    /// <param name="context">The state and the mask that the chunk was encoded with.</param>
    /// <exception cref="ArgumentException">The length does not fit the shape, or the state is missing or too short.</exception>
    public void Read(Span<float> actions, in ActionContext context) => Read<float>(actions, context);

    /// <inheritdoc cref="Read(Span{float}, in ActionContext)"/>
    public void Read(Span<double> actions, in ActionContext context) => Read<double>(actions, context);

    /// <summary>Forgets all tokens; a prior chunk stays.</summary>
    public void Reset()
    {
        _progress = default;
        if (_prior is null) _chunk.AsSpan().Clear();
        else _prior.CopyTo(_chunk, 0);
    }

    /// <summary>Forgets all tokens and takes a new prior chunk.</summary>
    /// <param name="prior">
    /// The prior chunk, row-major [T,D], in the unit that the tokenizer encodes; clipped where its normalisation clips.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The length does not fit the shape, or a value is not finite; the decoder is as it was.
    /// </exception>
    public void Reset(ReadOnlySpan<float> prior) => Reset<float>(prior, default);

    /// <inheritdoc cref="Reset(ReadOnlySpan{float})"/>
    public void Reset(ReadOnlySpan<double> prior) => Reset<double>(prior, default);

    /// <summary>Forgets all tokens and takes a new prior chunk of the robot's own actions.</summary>
    /// <param name="prior">The prior chunk, row-major [T,D], in physical units; clipped where the normalisation clips.</param>
    /// <param name="context">The state and the mask of the chunk to be decoded, which the prior is made relative to.</param>
    /// <exception cref="ArgumentException">The length does not fit the shape, the state is missing or too short, or a value is not finite;
    /// the decoder is as it was.</exception>
    public void Reset(ReadOnlySpan<float> prior, in ActionContext context) => Reset<float>(prior, context);

    /// <inheritdoc cref="Reset(ReadOnlySpan{float}, in ActionContext)"/>
    public void Reset(ReadOnlySpan<double> prior, in ActionContext context) => Reset<double>(prior, context);

    private void Read<T>(Span<T> actions, in ActionContext context)
        where T : struct, IFloatingPointIeee754<T>
    {
        _tokenizer.Check(actions.Length, Shape, nameof(actions));
        if (IsComplete) _tokenizer.Restore(_quantized, Shape, context, actions, _scratch, _scratch);
        else _tokenizer.Denormalize(_chunk, Shape, context, actions, _scratch);
    }

    private void Reset<T>(ReadOnlySpan<T> prior, in ActionContext context)
        where T : struct, IFloatingPointIeee754<T>
    {
        _tokenizer.Check(prior.Length, Shape, nameof(prior));
        _staged ??= new double[_encoded.Count];
        _tokenizer.Normalize(prior, Shape, context, _staged, _scratch);
        _prior ??= new double[_encoded.Count];
        _priorCoefficients ??= new double[_encoded.Count];
        _staged.CopyTo(_prior, 0);
        _tokenizer.Transform(_prior, _encoded, _priorCoefficients);
        Reset();
    }
}
