using Fast.Tokenizer.Decoding;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>The input as a tokenizer, a shape and ids of any value: decoded at once, by every policy, and one by one.</summary>
internal sealed class DecodedIds() : FuzzTarget("decode")
{
    private const int MostSteps = 12, MostDimensions = 3;

    public override int Cases => 6000;

    public override double LeastRefused => 0;

    public override void Prepare() => SampleTokens.Train();

    public override IEnumerable<byte[]> Seeds()
    {
        for (byte tokenizer = 0; tokenizer < SampleTokens.Count; tokenizer++)
        {
            foreach (byte first in (byte[])[40, 100])
                yield return [tokenizer, 5, 1, 0, .. Enumerable.Range(0, 12).SelectMany(i => (byte[])[(byte)(first + i), 0])];
            yield return [tokenizer, 3, 1, 1, 40, 0, 0xFF, 0x7F, 41, 0, 0xFF, 0xFF, 42, 0, 43, 0, 44, 0, 45, 0];
        }
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        var choices = new FuzzInput(input);
        FastActionTokenizer tokenizer = SampleTokens.Get(choices.Below(SampleTokens.Count));
        ActionShape shape = SampleTokens.Shape(tokenizer, choices.Below(MostSteps) + 1, choices.Below(MostDimensions) + 1);
        bool isWide = choices.Flag();
        var ids = new List<int>();
        while (choices.HasMore && ids.Count < 300) ids.Add(isWide ? choices.Integer() : (short)(choices.Byte() | (choices.Byte() << 8)));
        AtOnce(tokenizer, shape, [.. ids]);
        OneByOne(tokenizer, shape, ids);
    }

    private static void AtOnce(FastActionTokenizer tokenizer, ActionShape shape, int[] ids)
    {
        double[] actions = new double[shape.Count], untouched = new double[shape.Count];
        Array.Fill(untouched, 7);
        DecodeResult result = tokenizer.TryDecode(ids, shape, untouched);
        if (!result.IsComplete && Array.Exists(untouched, value => value != 7)) throw new FuzzFailure("an incomplete decode wrote actions");
        if (tokenizer.Decode(ids, shape, actions, DecodePolicy.Prefix) != result) throw new FuzzFailure("the policy changed the result");
        if (!Array.TrueForAll(actions, double.IsFinite)) throw new FuzzFailure("a decoded value is not finite");
        var still = new double[shape.Count];
        if (tokenizer.Decode(ids, shape, actions, DecodePolicy.Hold, still) != result)
            throw new FuzzFailure("the policy changed the result");
        try
        {
            tokenizer.Decode(ids, shape, actions, DecodePolicy.Strict);
            if (!result.IsComplete) throw new FuzzFailure("an incomplete decode was not refused");
        }
        catch (ActionDecodeException problem)
        {
            if (problem.Result != result || result.IsComplete) throw new FuzzFailure($"refused with {problem.Result}, it is {result}");
        }
    }

    private static void OneByOne(FastActionTokenizer tokenizer, ActionShape shape, List<int> ids)
    {
        var decoder = new StreamingActionDecoder(tokenizer, shape);
        var taken = new List<int>();
        double[] actions = new double[shape.Count], expected = new double[shape.Count];
        foreach (int id in ids)
        {
            DecodeResult pushed = decoder.Push(id), whole = tokenizer.TryDecode([.. taken, id], shape, expected);
            bool isTaken = decoder.Tokens > taken.Count;
            if (isTaken) taken.Add(id);
            else if (pushed != whole) throw new FuzzFailure($"id {id} after {taken.Count} others: {pushed}, a decode says {whole}");
            if (isTaken && pushed.IsComplete != whole.IsComplete) throw new FuzzFailure($"{pushed} of the decoder, {whole} of a decode");
            decoder.Read(actions);
            if (!Array.TrueForAll(actions, double.IsFinite)) throw new FuzzFailure("a value of the best chunk so far is not finite");
            if (isTaken && whole.IsComplete && !actions.AsSpan().SequenceEqual(expected))
                throw new FuzzFailure("a chunk that came token by token is another");
        }

        if (decoder.Tokens != taken.Count) throw new FuzzFailure($"{decoder.Tokens} tokens are counted, {taken.Count} were taken");
    }
}
