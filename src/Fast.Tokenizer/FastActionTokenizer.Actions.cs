using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Decoding;

namespace Fast.Tokenizer;

// The robot's own actions: with its state, masked dimensions, and robots by name.
public sealed partial class FastActionTokenizer
{
    private const int MostNames = 20;

    private readonly ActionSpace? _space;

    // A mask needs no action space of the tokenizer's own.
    private readonly LastUsed<ActionSpace> _plainSpaces =
        new(dimensions => new ActionSpace([.. Enumerable.Repeat(new ActionDimension(), dimensions)]));

    /// <summary>Gives the tokenizer of one of the robots that share this vocabulary; it shares the compiled tables too.</summary>
    /// <param name="embodiment">The robot's name in <see cref="FastTokenizerDefinition.Embodiments"/>.</param>
    /// <returns>The same tokenizer each time. Saved, it makes a folder of that robot alone.</returns>
    /// <exception cref="ArgumentException">There is none of that name; the message says which there are.</exception>
    public FastActionTokenizer For(string embodiment)
    {
        ArgumentNullException.ThrowIfNull(embodiment);
        if (_embodiments.TryGetValue(embodiment, out FastActionTokenizer? tokenizer)) return tokenizer;
        throw new ArgumentException(
            _embodiments.Count == 0
                ? $"the tokenizer has no embodiment '{embodiment}': it is of one robot only"
                : $"the tokenizer has no embodiment '{embodiment}'; it has {KnownEmbodiments()}", nameof(embodiment));
    }

    /// <summary>Encodes one chunk of the robot's own actions.</summary>
    /// <param name="actions">Actions, row-major [T,D], in physical units.</param>
    /// <param name="shape">Shape of the chunk, with all dimensions of the robot.</param>
    /// <param name="tokens">Receives the token ids; <see cref="MaxTokenCount"/> is always enough.</param>
    /// <param name="context">The robot's state at the first step, where a dimension is relative, and masked dimensions.</param>
    /// <param name="options">Choices for this encode; null for the default.</param>
    /// <returns>How many ids were written, and how many values were clipped.</returns>
    /// <exception cref="ArgumentException">A length does not fit the shape, the state is missing or too short, a value is not finite,
    /// <paramref name="tokens"/> is too small, or clipping is refused and needed.</exception>
    /// <exception cref="ErrorBoundException">The mode is an error bound that the chunk cannot be encoded within.</exception>
    /// <exception cref="InvalidOperationException">A tokenizer of several robots, see <see cref="For"/>.</exception>
    public EncodeResult Encode(
        ReadOnlySpan<float> actions, ActionShape shape, Span<int> tokens, in ActionContext context, EncodeOptions? options = null) =>
        Encode<float>(actions, shape, tokens, context, options ?? EncodeOptions.Default);

    /// <inheritdoc cref="Encode(ReadOnlySpan{float}, ActionShape, Span{int}, in ActionContext, EncodeOptions?)"/>
    public EncodeResult Encode(
        ReadOnlySpan<double> actions, ActionShape shape, Span<int> tokens, in ActionContext context, EncodeOptions? options = null) =>
        Encode<double>(actions, shape, tokens, context, options ?? EncodeOptions.Default);

    /// <summary>Decodes one chunk to the robot's own actions, reporting instead of throwing when the tokens do not give one.</summary>
    /// <param name="tokens">Token ids, any values.</param>
    /// <param name="shape">Shape of the chunk, with all dimensions of the robot.</param>
    /// <param name="actions">Receives the actions, row-major [T,D]. Left as it was unless the result is complete.</param>
    /// <param name="context">The state and the mask that the chunk was encoded with.</param>
    /// <returns>Whether the tokens give exactly one chunk, and where they fail to.</returns>
    /// <exception cref="ArgumentException">A length does not fit the shape, the shape is not the tokenizer's, or the state is missing or
    /// too short.</exception>
    /// <exception cref="InvalidOperationException">A tokenizer of several robots, see <see cref="For"/>.</exception>
    public DecodeResult TryDecode(ReadOnlySpan<int> tokens, ActionShape shape, Span<float> actions, in ActionContext context) =>
        Decode(tokens, shape, actions, context, orPrefix: false);

    /// <inheritdoc cref="TryDecode(ReadOnlySpan{int}, ActionShape, Span{float}, in ActionContext)"/>
    public DecodeResult TryDecode(ReadOnlySpan<int> tokens, ActionShape shape, Span<double> actions, in ActionContext context) =>
        Decode(tokens, shape, actions, context, orPrefix: false);

    /// <summary>Decodes one chunk to the robot's own actions, doing as the policy says where the tokens do not give exactly one.</summary>
    /// <param name="tokens">Token ids, any values.</param>
    /// <param name="shape">Shape of the chunk, with all dimensions of the robot.</param>
    /// <param name="actions">Receives the actions, row-major [T,D]; always finite where a fill value or a decoded one is written.</param>
    /// <param name="policy">What to do where the tokens are short, long or invalid.</param>
    /// <param name="context">The state and the mask that the chunk was encoded with.</param>
    /// <param name="fallback">What <see cref="DecodePolicy.Hold"/> writes, row-major [T,D]; else not looked at.</param>
    /// <returns>Whether the tokens give exactly one chunk, and where they fail to.</returns>
    /// <exception cref="ActionDecodeException">They do not, and the policy is <see cref="DecodePolicy.Strict"/> or not known.</exception>
    /// <exception cref="ArgumentException">A length does not fit the shape, the state is missing or too short, or a value of a fallback
    /// that counts is not finite.</exception>
    /// <exception cref="InvalidOperationException">A tokenizer of several robots, see <see cref="For"/>.</exception>
    public DecodeResult Decode(
        ReadOnlySpan<int> tokens,
        ActionShape shape,
        Span<float> actions,
        DecodePolicy policy,
        in ActionContext context,
        ReadOnlySpan<float> fallback = default) =>
        Decode<float>(tokens, shape, actions, policy, context, fallback);

    /// <inheritdoc cref="Decode(ReadOnlySpan{int}, ActionShape, Span{float}, DecodePolicy, in ActionContext, ReadOnlySpan{float})"/>
    public DecodeResult Decode(
        ReadOnlySpan<int> tokens,
        ActionShape shape,
        Span<double> actions,
        DecodePolicy policy,
        in ActionContext context,
        ReadOnlySpan<double> fallback = default) =>
        Decode<double>(tokens, shape, actions, policy, context, fallback);

    /// <summary>Shape of what is encoded of a chunk: with the encoded dimensions only.</summary>
    internal ActionShape Encoded(ActionShape shape) =>
        _space is null ? shape : new ActionShape(shape.Horizon, _space.EncodedDimensions.Count);

    /// <summary>Refuses a context that lacks what the tokenizer needs, or does not fit the chunk.</summary>
    internal void CheckContext(ActionShape shape, in ActionContext context) => Space(shape, context)?.Check(context);

    /// <summary>The size of a normalised error's unit per dimension of the robot's actions; 0 where there is none.</summary>
    internal double[] NormalizedUnits(ActionShape shape)
    {
        var units = new double[shape.Dimensions];
        for (int column = 0; column < Encoded(shape).Dimensions; column++)
            units[_space?.EncodedDimensions[column] ?? column] = Definition.Normalizer?.MeanHalfRange(column) ?? 1;
        return units;
    }

    /// <summary>Whether a decoded value is to be compared with the recorded one: it was encoded and is not masked.</summary>
    internal bool Counts(int dimension, in ActionContext context) =>
        (_space is null || _space.Dimensions[dimension].Encoded) && !context.IsMasked(dimension);

    /// <summary>Gives decoded minus recorded, of angles the shorter way round, and 0 where the two are not to be compared.</summary>
    /// <param name="decoded">Decoded actions, row-major [T,D].</param>
    /// <param name="recorded">Recorded actions, row-major [T,D].</param>
    /// <param name="shape">Shape of the chunk.</param>
    /// <param name="context">The mask.</param>
    /// <param name="errors">Receives the differences; may be the memory of <paramref name="decoded"/>.</param>
    internal void Errors(
        ReadOnlySpan<double> decoded, ReadOnlySpan<double> recorded, ActionShape shape, in ActionContext context, Span<double> errors)
    {
        for (int d = 0; d < shape.Dimensions; d++)
        {
            bool counts = Counts(d, context);
            for (int i = d; i < errors.Length; i += shape.Dimensions)
            {
                errors[i] = !counts ? 0
                    : _space is null ? decoded[i] - recorded[i]
                    : _space.Difference(d, decoded[i], recorded[i]);
            }
        }
    }

    private int MostTokens(ActionShape encoded) => checked(encoded.Count * Definition.Alphabet.MaxSymbolsPerCoefficient);

    /// <summary>What the actions of a chunk go through before they are normalised; null for nothing.</summary>
    internal ActionSpace? Space(ActionShape shape, in ActionContext context) =>
        _space ?? (context.Masked.IsEmpty ? null : _plainSpaces.Get(shape.Dimensions));

    private static FastActionTokenizer OfEmbodiment(
        FastTokenizerDefinition shared, string name, Embodiment embodiment, CompiledVocabulary compiled)
    {
        if (string.IsNullOrWhiteSpace(name)) throw new ArgumentException("an embodiment has no name");
        if (embodiment is null) throw new ArgumentException($"there is nothing for embodiment '{name}'");
        try
        {
            return new FastActionTokenizer(
                shared with
                {
                    Normalizer = embodiment.Normalizer,
                    Metadata = embodiment.Metadata,
                    ActionSpace = embodiment.ActionSpace,
                    Reconstruction = embodiment.Reconstruction,
                    Embodiments = new Dictionary<string, Embodiment>(),
                },
                compiled);
        }
        catch (ArgumentException problem)
        {
            throw new ArgumentException($"embodiment '{name}': {problem.Message}", problem);
        }
    }

    private string KnownEmbodiments()
    {
        string[] names = [.. _embodiments.Keys.Order(StringComparer.Ordinal)];
        string listed = string.Join(", ", names.Take(MostNames));
        return names.Length > MostNames ? $"{listed} and {names.Length - MostNames} more" : listed;
    }
}
