using System.Text.Json.Serialization;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Quantization;

namespace Fast.Tokenizer.Fidelity;

/// <summary>One chunk through the round trip, token by token: what each token says and what is known once it is there.</summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record ChunkTrace
{
    private ChunkTrace(int horizon, int dimensions) => (Horizon, Dimensions) = (horizon, dimensions);

    /// <summary>Time steps, T.</summary>
    public int Horizon { get; }

    /// <summary>Action dimensions, D; <c>dims</c> in JSON.</summary>
    [JsonPropertyName("dims")]
    public int Dimensions { get; }

    /// <summary>The recorded actions, row-major [T,D], in physical units.</summary>
    public required IReadOnlyList<double> Recorded { get; init; }

    /// <summary>The decoded actions, row-major [T,D], in physical units.</summary>
    public required IReadOnlyList<double> Decoded { get; init; }

    /// <summary>Values that the tokenizer could not express.</summary>
    public required int Clipped { get; init; }

    /// <summary>Whether the tokens give the whole chunk; if not, coefficients that are missing are decoded as zero.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>The tokens in order, up to the first that cannot be decoded.</summary>
    public required IReadOnlyList<TracedToken> Tokens { get; init; }

    /// <summary>Encodes a chunk and decodes it token by token.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="chunk">Recorded actions, row-major [T,D], in physical units.</param>
    /// <param name="shape">Shape of the chunk.</param>
    /// <param name="encoding">How to encode; null encodes as <see cref="IActionTokenizer"/> does.</param>
    /// <returns>The chunk's way through the tokenizer.</returns>
    /// <exception cref="ArgumentException">The length does not fit the shape, or the tokenizer refuses the chunk.</exception>
    /// <exception cref="ErrorBoundException">The encoding has a bound on the error that the chunk cannot be encoded within.</exception>
    public static ChunkTrace Of(
        FastActionTokenizer tokenizer, ReadOnlySpan<double> chunk, ActionShape shape, EncodeOptions? encoding = null) =>
        Of(tokenizer, chunk, shape, default, encoding);

    /// <summary>Encodes a chunk of the robot's own actions and decodes it token by token.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="chunk">Recorded actions, row-major [T,D], in physical units.</param>
    /// <param name="shape">Shape of the chunk.</param>
    /// <param name="context">The robot's state at the first step, and masked dimensions.</param>
    /// <param name="encoding">How to encode; null encodes as <see cref="IActionTokenizer"/> does.</param>
    /// <returns>The chunk's way through the tokenizer.</returns>
    /// <exception cref="ArgumentException">The length does not fit the shape, or the tokenizer refuses chunk or context.</exception>
    /// <exception cref="ErrorBoundException">The encoding has a bound on the error that the chunk cannot be encoded within.</exception>
    public static ChunkTrace Of(
        FastActionTokenizer tokenizer,
        ReadOnlySpan<double> chunk,
        ActionShape shape,
        in ActionContext context,
        EncodeOptions? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var ids = new int[tokenizer.MaxTokenCount(shape)];
        EncodeResult encoded = tokenizer.Encode(chunk, shape, ids, context, encoding);
        double[] halfRange = tokenizer.NormalizedUnits(shape);
        for (int d = 0; d < halfRange.Length; d++)
            if (!tokenizer.Counts(d, context)) halfRange[d] = 0;

        var decoder = new StreamingActionDecoder(tokenizer, shape);
        double[] decoded = new double[shape.Count], errors = new double[shape.Count];
        var tokens = new List<TracedToken>(encoded.Count);
        foreach (int id in ids.AsSpan(0, encoded.Count))
        {
            int first = decoder.Coefficients, before = decoder.Tokens;
            decoder.Push(id);
            if (decoder.Tokens == before) break;
            decoder.Read(decoded, context);
            tokenizer.Errors(decoded, chunk, shape, context, errors);
            tokens.Add(new TracedToken(id, Covered(decoder, first, tokenizer), RmseNormalized(errors, halfRange)));
        }

        decoder.Read(decoded, context);
        return new ChunkTrace(shape.Horizon, shape.Dimensions)
        {
            Recorded = chunk.ToArray(),
            Decoded = decoded,
            Clipped = encoded.Clipped,
            IsComplete = decoder.IsComplete && tokens.Count == encoded.Count,
            Tokens = tokens,
        };
    }

    private static TracedCoefficient[] Covered(StreamingActionDecoder decoder, int first, FastActionTokenizer tokenizer)
    {
        ActionShape encoded = tokenizer.Encoded(decoder.Shape);
        IReadOnlyList<int>? own = tokenizer.Definition.ActionSpace?.EncodedDimensions;
        var covered = new TracedCoefficient[decoder.Coefficients - first];
        for (int i = 0; i < covered.Length; i++)
        {
            int place = CoefficientQuantizer.Place(first + i, encoded, tokenizer.Definition.Order);
            (int frequency, int dimension) = Math.DivRem(place, encoded.Dimensions);
            covered[i] = new TracedCoefficient(frequency, own?[dimension] ?? dimension, decoder.Quantized[first + i]);
        }

        return covered;
    }

    private static double? RmseNormalized(double[] errors, double[] halfRange)
    {
        double squares = 0;
        int count = 0;
        for (int i = 0; i < errors.Length; i++)
        {
            double half = halfRange[i % halfRange.Length];
            if (!(half > 0)) continue;
            double error = errors[i] / half;
            (squares, count) = (squares + (error * error), count + 1);
        }

        return count == 0 ? null : Math.Sqrt(squares / count);
    }
}
