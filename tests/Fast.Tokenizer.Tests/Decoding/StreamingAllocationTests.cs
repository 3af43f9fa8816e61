using Fast.Tokenizer.Decoding;

namespace Fast.Tokenizer.Tests.Decoding;

/// <summary>Counts the bytes that pushing and reading allocate, while no other test runs.</summary>
[CollectionDefinition(nameof(StreamingAllocationTests), DisableParallelization = true)]
[Collection(nameof(StreamingAllocationTests))]
public sealed class StreamingAllocationTests
{
    [Theory]
    [InlineData("integer")]
    [InlineData("fast_plus")]
    public void Nothing_is_allocated_after_the_decoder_is_made(string name)
    {
        FastActionTokenizer tokenizer = name == "integer"
            ? SampleTokenizers.Tokenizer()
            : FastActionTokenizer.Load(TestData.Locate("tokenizers", name));
        var shape = new ActionShape(50, 14);
        double[] wide = SampleTokenizers.Motion(new(8), shape), prior = SampleTokenizers.Motion(new(9), shape);
        var single = new float[shape.Count];
        int[] tokens = tokenizer.Encode(wide, shape);
        var decoder = new StreamingActionDecoder(tokenizer, shape);

        Assert.Equal(0, Allocated.By(() =>
        {
            decoder.Reset();
            foreach (int token in tokens)
            {
                decoder.Push(token);
                decoder.Push(-1);
                decoder.Read(single);
                decoder.Read(wide);
            }

            Assert.True(decoder.IsComplete);
        }));
        decoder.Reset(prior);
        Assert.Equal(0, Allocated.By(() =>
        {
            decoder.Reset(prior);
            foreach (int token in tokens) decoder.Push(token);
        }));
    }
}
