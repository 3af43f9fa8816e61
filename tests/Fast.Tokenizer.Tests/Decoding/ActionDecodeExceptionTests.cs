using Fast.Tokenizer.Decoding;

namespace Fast.Tokenizer.Tests.Decoding;

public sealed class ActionDecodeExceptionTests
{
    [Theory]
    [InlineData(DecodeStatus.Short, 4, 3, "3 tokens give 4 coefficients, a chunk of [2,3] needs 6: the sequence is too short")]
    [InlineData(DecodeStatus.Long, 8, 1, "3 tokens give 8 coefficients, a chunk of [2,3] needs 6: token 1 goes past the end")]
    [InlineData(DecodeStatus.InvalidToken, 2, 2, "token 2 is id 33, which is not in the vocabulary")]
    [InlineData(DecodeStatus.IllFormedBytes, 2, 1, "the bytes of token 1 (id 22) are not well-formed UTF-8")]
    [InlineData(DecodeStatus.IllFormedBytes, 2, 3, "the bytes of token 3 (id 33) are not well-formed UTF-8")]
    [InlineData(DecodeStatus.Complete, 6, 3, "the tokens give a chunk of [2,3]")]
    public void The_message_says_what_is_wrong_and_where(DecodeStatus status, int coefficients, int position, string message)
    {
        var result = new DecodeResult(status, coefficients, position);
        var problem = new ActionDecodeException(result, new(2, 3), [11, 22, 33]);
        Assert.Equal((message, result, new ActionShape(2, 3)), (problem.Message, problem.Result, problem.Shape));

        var ofBatch = new ActionDecodeException(problem, 7);
        Assert.Equal(($"chunk 7: {message}", result, new ActionShape(2, 3)), (ofBatch.Message, ofBatch.Result, ofBatch.Shape));
        Assert.Same(problem, ofBatch.InnerException);
    }
}
