using System.Buffers;
using System.Text;
using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Decoding;

/// <summary>
/// Small vocabularies and shapes, where all complete sequences can be listed: a token is allowed exactly where one of them goes on with it.
/// </summary>
public sealed class TokenConstraintExhaustiveTests
{
    // Bytes of characters of one to four bytes, of U+FFFD, of a surrogate (ED A0) and of overlong forms (C0, E0 80).
    private static readonly byte[] _bytes = [0x41, 0x42, 0xC3, 0xA9, 0xC0, 0xE0, 0xE2, 0x82, 0xAC, 0xEF, 0xBF, 0xBD, 0xED, 0xA0, 0x80, 0xF0, 0x9F, 0x98];

    [Fact]
    public void Integer_tokens_are_allowed_exactly_where_a_complete_sequence_goes_on_with_them()
    {
        var random = new Random(1);
        int refused = 0, checkedChoices = 0;
        for (int round = 0; round < Rounds.Of(150); round++)
        {
            int symbols = random.Next(1, 4);
            var merges = new List<BpeMerge>();
            for (int i = 0; i < random.Next(4); i++) merges.Add(new(random.Next(symbols + i), random.Next(symbols + i), symbols + i));
            var vocabulary = new BpeVocabulary(symbols, [.. merges]);
            int lowest = random.Next(symbols), highest = random.Next(lowest, symbols);
            Check(random, new IntegerAlphabet(0, symbols - 1), vocabulary, random.Next(1, 6), lowest, highest, Integers, ref refused, ref checkedChoices);
        }

        Assert.True(checkedChoices > Rounds.Of(1000) && refused > Rounds.Of(5), $"{checkedChoices} choices, {refused} refused");

        static (bool, int[], bool) Integers(List<int> read) => (true, [.. read], true);
    }

    [Fact]
    public void Byte_level_tokens_are_allowed_exactly_where_a_complete_sequence_goes_on_with_them()
    {
        var random = new Random(2);
        int refused = 0, checkedChoices = 0;
        for (int round = 0; round < (Rounds.AreFew ? 60 : 400); round++)
        {
            // Few bytes, so that they meet; some have no token of their own.
            byte[] bytes = Pick(random, round);
            var texts = new HashSet<string>();
            int size = random.Next(2, 6);
            for (int attempt = 0; attempt < 60 && texts.Count < size; attempt++)
                texts.Add(string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => ByteLevelVocabulary.Character(bytes[random.Next(bytes.Length)]))));
            string[] tokens = [.. texts];
            int highest = random.Next(6) switch { 0 => 0x41, 1 => 0x7F, 2 => 0xE9, 3 => 0x20AC, 4 => 0xFFFF, _ => 0x10FFFF };

            // Reading characters of four bytes takes a million steps to prepare.
            if (Rounds.AreFew && round > 0) highest = Math.Min(highest, 0xFFFF);
            int lowest = random.Next(3) == 0 ? Math.Min(highest, 0x42) : 0;
            Check(
                random, new ByteLevelAlphabet(0, splitsWords: false, tokens), ByteLevelVocabulary.Create(tokens, []), random.Next(1, 4),
                lowest, highest, Characters, ref refused, ref checkedChoices);
        }

        Assert.True(checkedChoices > Rounds.Of(5_000) && refused > Rounds.Of(50), $"{checkedChoices} choices, {refused} refused");
    }

    // Some rounds take the bytes of one character of each length, the others any.
    private static byte[] Pick(Random random, int round)
    {
        byte[][] sets = [[0x41, 0xC3, 0xA9], [0xE2, 0x82, 0xAC, 0x41], [0xEF, 0xBF, 0xBD], [0xF0, 0x9F, 0x98, 0x80], [0xED, 0xA0, 0x80, 0x82]];
        if (round % 2 == 0) return sets[random.Next(sets.Length)];
        byte[] bytes = [.. _bytes];
        random.Shuffle(bytes);
        return bytes[..4];
    }

    private static void Check(
        Random random, CoefficientAlphabet alphabet, BpeVocabulary vocabulary, int count, int lowest, int highest,
        Func<List<int>, (bool Valid, int[] Values, bool Whole)> read, ref int refused, ref int checkedChoices)
    {
        FastActionTokenizer tokenizer = Grammars.Of(alphabet, vocabulary);
        var complete = new List<int[]>();
        List(vocabulary, count, lowest, highest, read, [], [], complete);
        foreach (int[] sequence in complete)
            Assert.True(tokenizer.TryDecode(sequence, new(count, 1), new float[count]).IsComplete);

        foreach (int? budget in (int?[])[null, random.Next(1, count + 2), complete.Count == 0 ? 3 : complete.Min(sequence => sequence.Length)])
        {
            var options = new TokenGrammarOptions { LowestCoefficient = lowest, HighestCoefficient = highest, MaxTokens = budget };
            int[][] possible = [.. complete.Where(sequence => sequence.Length <= (budget ?? int.MaxValue))];
            if (possible.Length == 0)
            {
                Assert.Throws<ArgumentException>(() => new TokenGrammar(tokenizer, new(count, 1), options));
                refused++;
                continue;
            }

            var grammar = new TokenGrammar(tokenizer, new(count, 1), options);
            Assert.Equal(possible.Min(sequence => sequence.Length), grammar.MinTokenCount);
            HashSet<string> prefixes = [.. possible.SelectMany(sequence => Enumerable.Range(0, sequence.Length + 1).Select(n => Key(sequence.AsSpan(0, n))))];
            Walk(new TokenConstraint(grammar), vocabulary.Count, [], prefixes, [.. possible.Select(sequence => Key(sequence))], ref checkedChoices);
        }
    }

    private static void Walk(
        TokenConstraint constraint, int size, List<int> sequence, HashSet<string> prefixes, HashSet<string> complete, ref int checkedChoices)
    {
        Assert.Equal(complete.Contains(Key([.. sequence])), constraint.IsComplete);
        var logits = new float[size];
        constraint.ApplyTo(logits);
        TokenConstraintState state = constraint.State;
        for (int token = 0; token < size; token++, checkedChoices++)
        {
            sequence.Add(token);
            bool goesOn = prefixes.Contains(Key([.. sequence]));
            Assert.Equal(goesOn, constraint.IsAllowed(token));
            Assert.Equal(goesOn ? 0 : float.NegativeInfinity, logits[token]);
            if (goesOn)
            {
                constraint.Accept(token);
                Walk(constraint, size, sequence, prefixes, complete, ref checkedChoices);
                constraint.State = state;
            }

            sequence.RemoveAt(sequence.Count - 1);
        }
    }

    private static void List(
        BpeVocabulary vocabulary, int count, int lowest, int highest, Func<List<int>, (bool Valid, int[] Values, bool Whole)> read,
        List<int> sequence, List<int> symbols, List<int[]> complete)
    {
        (bool valid, int[] values, bool whole) = read(symbols);
        if (!valid || values.Length > count || values.Any(value => value < lowest || value > highest)) return;
        if (whole && values.Length == count) complete.Add([.. sequence]);
        if (whole ? values.Length == count : values.Length >= count) return;
        for (int token = 0; token < vocabulary.Count; token++)
        {
            ReadOnlySpan<int> added = vocabulary.GetSymbols(token);
            sequence.Add(token);
            symbols.AddRange(added);
            List(vocabulary, count, lowest, highest, read, sequence, symbols, complete);
            symbols.RemoveRange(symbols.Count - added.Length, added.Length);
            sequence.RemoveAt(sequence.Count - 1);
        }
    }

    private static (bool Valid, int[] Values, bool Whole) Characters(List<int> symbols)
    {
        byte[] bytes = [.. symbols.Select(symbol => (byte)symbol)];
        var values = new List<int>();
        for (int at = 0; at < bytes.Length;)
        {
            OperationStatus status = Rune.DecodeFromUtf8(bytes.AsSpan(at), out Rune character, out int length);
            if (status == OperationStatus.NeedMoreData) return (true, [.. values], false);
            if (status != OperationStatus.Done || character == Rune.ReplacementChar) return (false, [], false);
            values.Add(character.Value);
            at += length;
        }

        return (true, [.. values], true);
    }

    private static string Key(ReadOnlySpan<int> sequence) => string.Join(',', sequence.ToArray());
}
