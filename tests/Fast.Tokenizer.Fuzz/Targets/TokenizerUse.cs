using Fast.Tokenizer.Decoding;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>What is done with a tokenizer that was loaded from an input: it must work, or say why not.</summary>
internal static class TokenizerUse
{
    /// <summary>Encodes, decodes and constrains a chunk of whatever shape fits.</summary>
    public static void Exercise(FastActionTokenizer tokenizer)
    {
        int dimensions = tokenizer.Definition.ActionSpace?.Dimensions.Count ?? tokenizer.Definition.Normalizer?.Dimensions ?? 2;
        int horizon = tokenizer.Definition.Normalizer?.Horizon ?? 3;
        if ((long)horizon * dimensions > 4096) return;

        var shape = new ActionShape(horizon, dimensions);
        var actions = new double[shape.Count];
        var tokens = new int[tokenizer.MaxTokenCount(shape)];
        double[] state = new double[64];
        try
        {
            int count = tokenizer.Encode(actions, shape, tokens, new(state), EncodeOptions.Default).Count;
            tokenizer.TryDecode(tokens.AsSpan(0, count), shape, actions);
        }
        catch (ArgumentException)
        {
            // A coefficient that is no character of a byte-level alphabet, or a state that is too short.
        }

        int[] ids = [0, 1, tokenizer.VocabularySize - 1, tokenizer.VocabularySize, -1];
        tokenizer.TryDecode(ids, shape, actions, new(state));
        try
        {
            _ = new TokenGrammar(tokenizer, shape);
        }
        catch (ArgumentException)
        {
            // No sequence of tokens gives such a chunk.
        }
    }
}
