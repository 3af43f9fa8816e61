using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Transform;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Tests.Interop;

/// <summary>Three real tokenizers against what the reference stack gives: scipy and the Hugging Face engine.</summary>
public sealed class PublishedParityTests
{
    private const int ReplacementCharacter = 0xFFFD;

    public static TheoryData<string> Tokenizers => ["fast_plus", "calvin_s50", "libero_s10"];

    public static TheoryData<string, string> Recordings
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string tokenizer in (string[])["fast_plus", "calvin_s50", "libero_s10"])
            {
                foreach (string recording in (string[])["adroit_door", "aloha_sim_insertion_human", "bridge", "franka_delta_eef", "g1_inspire", "gr1_pickplace", "pusht", "robosuite_panda", "robosuite_panda_wipe"])
                    data.Add(tokenizer, recording);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Real_chunks_give_the_reference_ids_and_actions(string tokenizerName, string recording)
    {
        FastActionTokenizer tokenizer = Load(tokenizerName);
        Npz golden = Npz.Open(TestData.Locate("golden", tokenizerName, recording + ".npz"));
        double[] chunks = golden["chunks"].Values, decoded = golden["decoded"].Values;
        int[] dimensions = golden["chunks"].Shape;
        var shape = new ActionShape(dimensions[1], dimensions[2]);
        var tokens = new int[tokenizer.MaxTokenCount(shape)];
        var actions = new double[shape.Count];
        for (int i = 0; i < dimensions[0]; i++)
        {
            int[] expected = Row(golden, i);
            EncodeResult encoded = tokenizer.Encode(chunks.AsSpan(i * shape.Count, shape.Count), shape, tokens);
            Assert.Equal(expected, tokens[..encoded.Count]);

            ReadOnlySpan<double> reference = decoded.AsSpan(i * shape.Count, shape.Count);
            DecodeResult result = tokenizer.TryDecode(expected, shape, actions);
            if (double.IsNaN(reference[0]))
            {
                Assert.False(result.IsComplete);
                continue;
            }

            if (!result.IsComplete)
            {
                // The reference took ill-formed bytes for U+FFFD, a coefficient of tens of thousands; here they are an error.
                Assert.Equal(DecodeStatus.IllFormedBytes, result.Status);
                Assert.True(LargestCoefficient(reference, shape, tokenizer.Definition) == ReplacementCharacter + tokenizer.Definition.Alphabet.MinCoefficient);
                continue;
            }

            for (int k = 0; k < shape.Count; k++) Assert.Equal(reference[k], actions[k], 1e-9);
        }
    }

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Rows_of_every_class_of_character_give_the_reference_ids(string tokenizerName)
    {
        FastTokenizerDefinition definition = Load(tokenizerName).Definition;
        TokenCodec codec = definition.Alphabet.CreateCodec(definition.Vocabulary);
        Npz golden = Npz.Open(TestData.Locate("golden", tokenizerName, "_coefficient_rows.npz"));
        int[] rows = golden["coefficients"].Shape;
        int[] coefficients = Array.ConvertAll(golden["coefficients"].Values, value => (int)value);
        var tokens = new int[rows[1] * 4];
        for (int i = 0; i < rows[0]; i++)
        {
            EncodeResult result = codec.Encode(coefficients.AsSpan(i * rows[1], rows[1]), tokens, OutOfRangePolicy.Published);
            Assert.Equal(Row(golden, i), tokens[..result.Count]);
        }
    }

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Arbitrary_ids_give_the_reference_characters_or_are_known_to_be_ill_formed(string tokenizerName)
    {
        FastTokenizerDefinition definition = Load(tokenizerName).Definition;
        TokenCodec codec = definition.Alphabet.CreateCodec(definition.Vocabulary);
        Npz golden = Npz.Open(TestData.Locate("golden", tokenizerName, "_arbitrary_ids.npz"));
        int[] points = Array.ConvertAll(golden["code_points"].Values, value => (int)value);
        double[] ends = golden["code_point_offsets"].Values;
        int complete = 0, illFormed = 0;
        for (int i = 0; i + 1 < ends.Length; i++)
        {
            int[] expected = points[(int)ends[i]..(int)ends[i + 1]];
            var coefficients = new int[expected.Length];
            DecodeResult result = codec.Decode(Row(golden, i), coefficients);
            if (expected.Contains(ReplacementCharacter))
            {
                illFormed++;
                Assert.Equal(DecodeStatus.IllFormedBytes, result.Status);
            }
            else
            {
                complete++;
                Assert.Equal(DecodeStatus.Complete, result.Status);
                Assert.Equal(expected, coefficients.Select(value => value - definition.Alphabet.MinCoefficient));
            }
        }

        // The sample must hold both kinds, or the test shows nothing.
        Assert.True(complete > 0 && illFormed > 0, $"{complete} complete, {illFormed} ill-formed");
    }

    [Fact]
    public void The_published_hand_check_holds()
    {
        float[,] chunk = { { 0, .4f }, { .2f, .4f }, { .4f, .4f }, { .6f, .4f } };
        FastActionTokenizer tokenizer = Load("fast_plus");
        Assert.Equal([294, 1239, 258, 256], tokenizer.Encode(chunk));
        Assert.Throws<ActionDecodeException>(() => tokenizer.Decode([294, 1239, 258], new ActionShape(4, 2)));
    }

    private static double LargestCoefficient(ReadOnlySpan<double> actions, ActionShape shape, FastTokenizerDefinition definition)
    {
        var coefficients = new double[shape.Count];
        new DctPlan(shape.Horizon).Forward(actions, shape.Dimensions, coefficients);
        return Math.Round(coefficients.Max() * definition.Scale);
    }

    private static FastActionTokenizer Load(string name) => FastActionTokenizer.Load(TestData.Locate("tokenizers", name));

    private static int[] Row(Npz golden, int index)
    {
        double[] ids = golden["ids"].Values, offsets = golden["offsets"].Values;
        return Array.ConvertAll(ids[(int)offsets[index]..(int)offsets[index + 1]], id => (int)id);
    }
}
