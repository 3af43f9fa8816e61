using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Tests.Normalization;

namespace Fast.Tokenizer.Tests;

public sealed class ActionTokenizerExtensionsTests
{
    private static readonly ActionShape _shape = new(12, 5);

    private static readonly FastActionTokenizer _tokenizer =
        SampleTokenizers.Tokenizer(normalizer: new(SampleTokenizers.Statistics(5), new()));

    public static TheoryData<int> Degrees => [-1, 1, 2, 7];

    [Theory]
    [MemberData(nameof(Degrees))]
    public void A_batch_gives_what_its_chunks_give_one_by_one(int degree)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = degree };
        double[] wide = Chunks(120);
        float[] single = SampleTokenizers.ToSingle(wide);
        var decodedWide = new double[wide.Length];
        var decodedSingle = new float[wide.Length];

        int[][] tokens = _tokenizer.EncodeBatch(wide.AsMemory(), _shape, options);
        int[][] fromSingle = _tokenizer.EncodeBatch(single.AsMemory(), _shape, options);
        _tokenizer.DecodeBatch(tokens, _shape, decodedWide.AsMemory(), options);
        _tokenizer.DecodeBatch(tokens, _shape, decodedSingle.AsMemory(), options);

        for (int i = 0; i < 120; i++)
        {
            int start = i * _shape.Count;
            var actions = new double[_shape.Count];
            _tokenizer.Decode(tokens[i], _shape, actions);
            Assert.Equal(_tokenizer.Encode(wide.AsSpan(start, _shape.Count), _shape), tokens[i]);
            Assert.Equal(_tokenizer.Encode(single.AsSpan(start, _shape.Count), _shape), fromSingle[i]);
            Assert.Equal(actions, decodedWide.AsSpan(start, _shape.Count));
            Assert.Equal(SampleTokenizers.ToSingle(actions), decodedSingle.AsSpan(start, _shape.Count));
            Assert.Equal(SampleTokenizers.ToSingle(actions), _tokenizer.Decode(tokens[i], _shape).Cast<float>());
        }
    }

    [Fact]
    public void A_batch_of_no_chunks_gives_none()
    {
        Assert.Empty(_tokenizer.EncodeBatch(ReadOnlyMemory<double>.Empty, _shape));
        Assert.Empty(_tokenizer.EncodeBatch(ReadOnlyMemory<float>.Empty, _shape));
        _tokenizer.DecodeBatch([], _shape, Memory<double>.Empty);
    }

    [Theory]
    [MemberData(nameof(Degrees))]
    public void The_first_bad_chunk_of_a_batch_is_the_one_that_is_named(int degree)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = degree };
        double[] wide = Chunks(200);
        int[][] tokens = _tokenizer.EncodeBatch(wide.AsMemory(), _shape);
        foreach (int bad in new[] { 199, 141, 57 })
        {
            wide[(bad * _shape.Count) + 13] = double.NaN;
            tokens[bad] = tokens[bad][1..];
        }

        for (int round = 0; round < 20; round++)
        {
            Refusal.Says<ArgumentException>(
                "chunk 57: the action at step 2, dimension 3 is NaN", () => _tokenizer.EncodeBatch(wide.AsMemory(), _shape, options));
            var single = SampleTokenizers.ToSingle(wide);
            Refusal.Says<ArgumentException>(
                "chunk 57: the action at step 2, dimension 3 is NaN", () => _tokenizer.EncodeBatch(single.AsMemory(), _shape, options));

            var problem = Assert.Throws<ActionDecodeException>(
                () => _tokenizer.DecodeBatch(tokens, _shape, new double[wide.Length].AsMemory(), options));
            Assert.StartsWith("chunk 57: ", problem.Message, StringComparison.Ordinal);
            Assert.Equal(_tokenizer.TryDecode(tokens[57], _shape, new double[_shape.Count]), problem.Result);
            Assert.Equal(_shape, problem.Shape);
        }
    }

    [Fact]
    public void A_batch_can_be_stopped()
    {
        double[] wide = Chunks(50);
        int[][] tokens = _tokenizer.EncodeBatch(wide.AsMemory(), _shape);
        var options = new ParallelOptions { CancellationToken = new(canceled: true) };

        Assert.ThrowsAny<OperationCanceledException>(() => _tokenizer.EncodeBatch(wide.AsMemory(), _shape, options));
        Assert.ThrowsAny<OperationCanceledException>(() => _tokenizer.DecodeBatch(tokens, _shape, wide.AsMemory(), options));
    }

    [Fact]
    public void A_batch_stops_while_it_runs()
    {
        using var stop = new CancellationTokenSource();
        var tokenizer = new StoppingTokenizer(stop, after: 10);

        var options = new ParallelOptions { CancellationToken = stop.Token, MaxDegreeOfParallelism = 2 };

        Assert.ThrowsAny<OperationCanceledException>(() => tokenizer.EncodeBatch(new double[100_000].AsMemory(), new(1, 1), options));
        Assert.InRange(tokenizer.Calls, 10, 50_000);
    }

    [Fact]
    public void An_exception_that_is_not_about_a_chunk_is_not_taken_for_one()
    {
        using var stop = new CancellationTokenSource();
        var tokenizer = new StoppingTokenizer(stop, after: int.MaxValue) { Fails = true };

        var problem = Assert.Throws<AggregateException>(() => tokenizer.EncodeBatch(new double[10].AsMemory(), new(1, 1)));
        Assert.IsType<InvalidTimeZoneException>(problem.InnerExceptions[0]);
    }

    [Fact]
    public void A_length_that_is_not_of_whole_chunks_is_named()
    {
        void Refused(string message, Action act) => Refusal.Says<ArgumentException>(message, act);

        Refused("61 values are not a whole number of chunks of [12,5]", () => _tokenizer.EncodeBatch(new double[61], _shape));
        Refused("59 values are not a whole number of chunks of [12,5]", () => _tokenizer.EncodeBatch(new float[59], _shape));
        Refused("60 values are not 2 chunks of [12,5]", () => _tokenizer.DecodeBatch([[1], [2]], _shape, new double[60]));
        Refused("120 values are not 1 chunks of [12,5]", () => _tokenizer.DecodeBatch([[1]], _shape, new float[120]));
    }

    [Fact]
    public void A_shape_that_was_never_set_is_named()
    {
        const string Message = "[0,0] is no shape of a chunk";
        Refusal.Says<ArgumentException>(Message, () => _tokenizer.EncodeBatch(new double[60], default));
        Refusal.Says<ArgumentException>(Message, () => _tokenizer.EncodeBatch(ReadOnlyMemory<float>.Empty, default));
        Refusal.Says<ArgumentException>(Message, () => _tokenizer.DecodeBatch([[1]], default, Memory<double>.Empty));
        Refusal.Says<ArgumentException>(Message, () => _tokenizer.Decode([1], default(ActionShape)));
    }

    [Fact]
    public void Null_is_refused_by_name()
    {
        IActionTokenizer none = null!;

        Assert.Throws<ArgumentNullException>("tokenizer", () => none.Encode(new double[60], _shape));
        Assert.Throws<ArgumentNullException>("tokenizer", () => none.Encode(new float[60], _shape));
        Assert.Throws<ArgumentNullException>("tokenizer", () => none.Decode([1], _shape));
        Assert.Throws<ArgumentNullException>("tokenizer", () => none.Decode([1], _shape, new double[60]));
        Assert.Throws<ArgumentNullException>("tokenizer", () => none.Decode([1], _shape, new float[60]));
        Assert.Throws<ArgumentNullException>("tokenizer", () => none.EncodeBatch(ReadOnlyMemory<double>.Empty, _shape));
        Assert.Throws<ArgumentNullException>("tokenizer", () => none.EncodeBatch(ReadOnlyMemory<float>.Empty, _shape));
        Assert.Throws<ArgumentNullException>("tokenizer", () => none.DecodeBatch([], _shape, Memory<double>.Empty));
        Assert.Throws<ArgumentNullException>("tokens", () => _tokenizer.DecodeBatch(null!, _shape, Memory<double>.Empty));
        Assert.Throws<ArgumentNullException>("tokens", () => _tokenizer.DecodeBatch(null!, _shape, Memory<float>.Empty));
    }

    private static double[] Chunks(int count)
    {
        var random = new Random(29);
        double[] all = [.. Enumerable.Range(0, count).SelectMany(_ => SampleTokenizers.Motion(random, _shape))];
        _tokenizer.Definition.Normalizer!.Denormalize(all, all);
        return all;
    }

    private sealed class StoppingTokenizer(CancellationTokenSource stop, int after) : IActionTokenizer
    {
        private int _calls;

        public int Calls => _calls;

        public bool Fails { get; init; }

        public int VocabularySize => 1;

        public int MaxTokenCount(ActionShape shape) => shape.Count;

        public EncodeResult Encode(ReadOnlySpan<float> actions, ActionShape shape, Span<int> tokens) =>
            throw new NotSupportedException();

        public EncodeResult Encode(ReadOnlySpan<double> actions, ActionShape shape, Span<int> tokens)
        {
            int call = Interlocked.Increment(ref _calls);
            if (call == after) stop.Cancel();

            // The thread that stops may be kept waiting; the others would end the batch before it.
            else if (call > after) stop.Token.WaitHandle.WaitOne();
            return Fails ? throw new InvalidTimeZoneException() : new EncodeResult(0, 0);
        }

        public DecodeResult TryDecode(ReadOnlySpan<int> tokens, ActionShape shape, Span<float> actions) =>
            throw new NotSupportedException();

        public DecodeResult TryDecode(ReadOnlySpan<int> tokens, ActionShape shape, Span<double> actions) =>
            throw new NotSupportedException();
    }
}
