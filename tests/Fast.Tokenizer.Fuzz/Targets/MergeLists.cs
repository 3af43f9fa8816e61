using Fast.Tokenizer.Tests.Vocabulary;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>The input as a list of merges and a text: encoded as the definition of BPE has it, and back.</summary>
internal sealed class MergeLists() : FuzzTarget("merges")
{
    public override int Cases => 10000;

    public override double LeastRefused => 0.05;

    public override bool Allows(Exception problem) => problem is ArgumentException;

    public override IEnumerable<byte[]> Seeds()
    {
        yield return [3, 4, 0, 0, 4, 4, 5, 5, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 1, 2, 0];
        yield return [7, 6, 0, 1, 8, 2, 9, 8, 10, 10, 3, 3, 3, 3, 0, 1, 2, 0, 1, 0, 1, 2, 3, 3, 3, 3, 3, 0, 1, 2, 7];
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        var choices = new FuzzInput(input);
        int symbols = choices.Below(8) + 1;
        var merges = new BpeMerge[choices.Below(32)];
        for (int i = 0; i < merges.Length; i++) merges[i] = new(choices.Byte(), choices.Byte(), symbols + i);
        var vocabulary = new BpeVocabulary(symbols, merges);
        var text = new List<int>();
        while (choices.HasMore && text.Count < 200) text.Add(choices.Below(symbols));

        var tokens = new int[text.Count];
        int count = vocabulary.Encode([.. text], tokens);
        if (!tokens.AsSpan(0, count).SequenceEqual(new NaiveBpe(vocabulary).Encode([.. text])))
            throw new FuzzFailure("the merge loop gives other tokens");
        var back = new List<int>();
        foreach (int token in tokens.AsSpan(0, count)) back.AddRange(vocabulary.GetSymbols(token));
        if (!back.SequenceEqual(text)) throw new FuzzFailure("the tokens expand to other symbols");
    }
}
