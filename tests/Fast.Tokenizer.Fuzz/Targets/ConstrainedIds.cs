using Fast.Tokenizer.Decoding;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>The input as a grammar and a walk through it: whatever is allowed leads to one whole chunk.</summary>
internal sealed class ConstrainedIds() : FuzzTarget("constraint")
{
    private const int MostSteps = 8, MostDimensions = 3;

    public override int Cases => 1500;

    public override double LeastRefused => 0.05;

    public override bool Allows(Exception problem) => problem is ArgumentException;

    public override void Prepare() => SampleTokens.Train();

    public override IEnumerable<byte[]> Seeds()
    {
        for (byte tokenizer = 0; tokenizer < SampleTokens.Count; tokenizer++)
        {
            yield return [tokenizer, 3, 1, 0, 9, 200, 30, 4, 7, 1, 250, 3];
            yield return [tokenizer, 2, 1, 7, 40, 5, 3, 30, 4, 7, 1, 250, 3, 99, 100, 17];
        }
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        var choices = new FuzzInput(input);
        FastActionTokenizer tokenizer = SampleTokens.Get(choices.Below(SampleTokens.Count));
        ActionShape shape = SampleTokens.Shape(tokenizer, choices.Below(MostSteps) + 1, choices.Below(MostDimensions) + 1);
        int kind = choices.Byte();
        var grammar = new TokenGrammar(tokenizer, shape, new()
        {
            MaxTokens = (kind & 1) != 0 ? choices.Byte() : null,
            LowestCoefficient = (kind & 2) != 0 ? (sbyte)choices.Byte() : null,
            HighestCoefficient = (kind & 4) != 0 ? (sbyte)choices.Byte() : null,
            EndId = (kind & 8) != 0 ? tokenizer.VocabularySize + choices.Byte() : null,
        });
        Walk(tokenizer, grammar, ref choices);
    }

    private static void Walk(FastActionTokenizer tokenizer, TokenGrammar grammar, ref FuzzInput choices)
    {
        var constraint = new TokenConstraint(grammar);
        var mask = new bool[grammar.MinRowLength];
        var logits = new float[grammar.MinRowLength];
        var ids = new List<int>();
        while (!constraint.IsComplete)
        {
            constraint.AllowedTokens(mask);
            Array.Clear(logits);
            constraint.ApplyTo(logits);
            int[] allowed = [.. Enumerable.Range(0, mask.Length).Where(id => mask[id])];
            if (allowed.Length == 0) throw new FuzzFailure($"nothing may follow {ids.Count} tokens, and the chunk is not complete");
            for (int id = 0; id < mask.Length; id++)
                if (mask[id] != (logits[id] == 0)) throw new FuzzFailure($"id {id} is allowed in the one row and not in the other");

            TokenConstraintState before = constraint.State;
            int any = choices.Integer();
            bool isAllowed = (uint)any < mask.Length && mask[any];
            if (constraint.TryAccept(any) != isAllowed) throw new FuzzFailure($"id {any} is taken or refused wrongly");
            constraint.State = before;
            int chosen = allowed[(choices.Byte() | (choices.Byte() << 8)) % allowed.Length];
            constraint.Accept(chosen);
            ids.Add(chosen);
            if (ids.Count > grammar.Shape.Count * 4) throw new FuzzFailure("more tokens than the chunk can have bytes");
        }

        if (ids.Count > (grammar.Options.MaxTokens ?? int.MaxValue) || ids.Count < grammar.MinTokenCount)
            throw new FuzzFailure($"{ids.Count} tokens, from {grammar.MinTokenCount} to {grammar.Options.MaxTokens} are possible");
        var coefficients = new int[grammar.Shape.Count];
        DecodeResult result = tokenizer.Definition.Alphabet.CreateCodec(tokenizer.Definition.Vocabulary).Decode([.. ids], coefficients);
        if (!result.IsComplete) throw new FuzzFailure($"allowed tokens decode as {result}");
        if (coefficients.AsSpan().IndexOfAnyExceptInRange(grammar.LowestCoefficient, grammar.HighestCoefficient) >= 0)
            throw new FuzzFailure("a coefficient is out of the range");
        if (grammar.Options.EndId is { } end && !constraint.TryAccept(end)) throw new FuzzFailure("the end marker may not follow");
    }
}
