using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Decoding;

namespace Fast.Tokenizer.Tests.Actions;

/// <summary>Counts the bytes allocated where the robot's own actions are encoded and decoded, while no other test runs.</summary>
[Collection(nameof(AllocationTests))]
public sealed class OwnActionsAllocationTests
{
    [Fact]
    public void Neither_direction_allocates()
    {
        var shape = new ActionShape(30, 6);
        FastActionTokenizer tokenizer = new(SampleTokenizers.Definition(min: -2000, max: 2000) with
        {
            ActionSpace = new(
                new() { Reference = ActionReference.State },
                new() { Reference = ActionReference.Previous },
                new() { Period = 2 * Math.PI },
                new() { Binary = new() },
                new() { Encoded = false },
                new ActionDimension()),
        });
        double[] wide = SampleTokenizers.Motion(new(2), shape);
        float[] single = SampleTokenizers.ToSingle(wide), state = [1, 2];
        bool[] masked = [false, true, false, false, false, false];
        var tokens = new int[tokenizer.MaxTokenCount(shape)];
        int count = tokenizer.Encode(wide, shape, tokens, new ActionContext(state)).Count;
        int[] ids = tokens[..count];
        var streaming = new StreamingActionDecoder(tokenizer, shape);
        long allocated = Allocated.By(() =>
        {
            var context = new ActionContext(state) { Masked = masked };
            tokenizer.Encode(wide, shape, tokens, context);
            tokenizer.Encode(single, shape, tokens, context);
            tokenizer.TryDecode(ids, shape, wide, context);
            tokenizer.TryDecode(ids, shape, single, context);
            tokenizer.Decode(ids.AsSpan(1), shape, single, DecodePolicy.Prefix, context);
            streaming.Reset(wide, context);
            streaming.Push(ids[0]);
            streaming.Read(single, context);
        });
        Assert.Equal(0, allocated);
    }
}
