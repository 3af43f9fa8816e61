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

    private readonly int[] _quantized;
    private readonly double[] _chunk;
    private readonly double[] _scratch;

    // Normalised values and their coefficients, both row-major [T,D]; null without a prior.
    private double[]? _prior;
    private double[]? _priorCoefficients;
    private DecodeProgress _progress;

    /// <summary>Makes a decoder for which missing coefficients are zero.</summary>
    /// <param name="tokenizer">The tokenizer that the tokens are of.</param>
    /// <param name="shape">Shape of the chunks.</param>
    /// <exception cref="ArgumentException">The shape is empty or has other dimensions than the tokenizer's statistics.</exception>
    public StreamingActionDecoder(FastActionTokenizer tokenizer, ActionShape shape)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        tokenizer.Check(shape.Count, shape, nameof(shape));
        _tokenizer = tokenizer;
        Shape = shape;
        _columns = new CosineColumns(shape.Horizon);
        _scale = tokenizer.Definition.Scale;
        _order = tokenizer.Definition.Order;
        _quantized = new int[shape.Count];
        _chunk = new double[shape.Count];
        _scratch = new double[shape.Count];
    }

    /// <summary>Makes a decoder for which missing coefficients are those of a prior chunk.</summary>
    /// <param name="tokenizer">The tokenizer that the tokens are of.</param>
    /// <param name="shape">Shape of the chunks.</param>
    /// <param name="prior">The prior chunk, row-major [T,D], in the unit that the tokenizer encodes; clipped where its normalisation clips.</param>
    /// <exception cref="ArgumentException">The shape does not fit the tokenizer or the prior, or a value of the prior is not finite.</exception>
    public StreamingActionDecoder(FastActionTokenizer tokenizer, ActionShape shape, ReadOnlySpan<float> prior)
        : this(tokenizer, shape) => Reset(prior);

    /// <inheritdoc cref="StreamingActionDecoder(FastActionTokenizer, ActionShape, ReadOnlySpan{float})"/>
    public StreamingActionDecoder(FastActionTokenizer tokenizer, ActionShape shape, ReadOnlySpan<double> prior)
        : this(tokenizer, shape) => Reset(prior);

    /// <summary>Shape of the chunks.</summary>
    public ActionShape Shape { get; }

    /// <summary>Tokens taken since the last reset; refused ones do not count.</summary>
    public int Tokens => _progress.Tokens;

    /// <summary>Coefficients received, 0 to T times D; the first ones in the tokenizer's order.</summary>
    public int Coefficients => _progress.Coefficients;

    /// <summary>The coefficients received, in the tokenizer's order.</summary>
    internal ReadOnlySpan<int> Quantized => _quantized.AsSpan(0, Coefficients);

    /// <summary>Whether all coefficients have been received.</summary>
    public bool IsComplete => Coefficients == Shape.Count;

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
            int place = CoefficientQuantizer.Place(i, Shape, _order);
            (int frequency, int dimension) = Math.DivRem(place, Shape.Dimensions);
            double before = _priorCoefficients is null ? 0 : _priorCoefficients[place];
            double change = (_tokenizer.Reconstruct(quantized, i, Shape) / _scale) - before;
            if (change != 0) _columns.Add(frequency, change, _chunk, dimension, Shape.Dimensions);
        }

        return result;
    }

    /// <summary>Gives the best chunk so far; the same bits as a decode of all tokens at once where it is complete.</summary>
    /// <param name="actions">Receives the actions, row-major [T,D]; always finite.</param>
    /// <exception cref="ArgumentException">The length does not fit the shape.</exception>
    public void Read(Span<float> actions) => Read<float>(actions);

    /// <inheritdoc cref="Read(Span{float})"/>
    public void Read(Span<double> actions) => Read<double>(actions);

    /// <summary>Forgets all tokens; a prior chunk stays.</summary>
    public void Reset()
    {
        _progress = default;
        if (_prior is null) _chunk.AsSpan().Clear();
        else _prior.CopyTo(_chunk, 0);
    }

    /// <summary>Forgets all tokens and takes a new prior chunk.</summary>
    /// <param name="prior">The prior chunk, row-major [T,D], in the unit that the tokenizer encodes; clipped where its normalisation clips.</param>
    /// <exception cref="ArgumentException">The length does not fit the shape, or a value is not finite; the decoder is as it was.</exception>
    public void Reset(ReadOnlySpan<float> prior) => Reset<float>(prior);

    /// <inheritdoc cref="Reset(ReadOnlySpan{float})"/>
    public void Reset(ReadOnlySpan<double> prior) => Reset<double>(prior);

    private void Read<T>(Span<T> actions)
        where T : struct
    {
        _tokenizer.Check(actions.Length, Shape, nameof(actions));
        if (IsComplete) _tokenizer.Restore(_quantized, Shape, actions, _scratch);
        else _tokenizer.Denormalize(_chunk, Shape, actions);
    }

    private void Reset<T>(ReadOnlySpan<T> prior)
        where T : struct
    {
        _tokenizer.Check(prior.Length, Shape, nameof(prior));
        _tokenizer.Normalize(prior, Shape, _scratch);
        _prior ??= new double[Shape.Count];
        _priorCoefficients ??= new double[Shape.Count];
        _scratch.CopyTo(_prior, 0);
        _tokenizer.Transform(_prior, Shape, _priorCoefficients);
        Reset();
    }
}
