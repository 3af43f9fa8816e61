namespace Fast.Tokenizer.Fuzz;

/// <summary>A check that never fails finds nothing: each way to break the contract is told, with what is needed to run it again.</summary>
public sealed class FuzzCheckTests
{
    private static readonly byte[] _input = [1, 2, 3];

    [Theory]
    [MemberData(nameof(Breaches))]
    public void A_breach_of_the_contract_is_told(string says, string kind)
    {
        var failure = Assert.Throws<FuzzFailure>(() => FuzzCheck.Run(new Scripted(kind), _input, "seed 7"));
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
        Assert.StartsWith("target 'scripted', seed 7, 3 bytes: ", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith($"replay scripted {Convert.ToBase64String(_input)}", failure.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Breaches => new()
    {
        { "System.IndexOutOfRangeException", "index" },
        { "System.NullReferenceException", "null" },
        { "bytes allocated", "memory" },
        { "not one line", "lines" },
        { "not one line", "silent" },
        { "does not name x.npz", "nameless" },
        { "a message of", "long" },
    };

    [Fact]
    public void A_result_and_a_refusal_are_told_apart()
    {
        Assert.True(FuzzCheck.Run(new Scripted("fine"), _input, "here").IsTaken);
        Assert.False(FuzzCheck.Run(new Scripted("refused"), _input, "here").IsTaken);
    }

    [Fact]
    public void The_same_seed_makes_the_same_input()
    {
        byte[][] corpus = [[.. "{\"a\": [1, 2, 3]}"u8], new byte[100]];
        FuzzMutation one = new(corpus, ["word"]), other = new(corpus, ["word"]);
        for (int seed = 0; seed < 500; seed++) Assert.Equal(one.Next(seed), other.Next(seed));
        Assert.InRange(Enumerable.Range(0, 500).Select(seed => Convert.ToHexString(one.Next(seed))).Distinct().Count(), 400, 500);
    }

    private sealed class Scripted(string kind) : FuzzTarget("scripted")
    {
        public override string? Place => "x.npz";

        public override IEnumerable<byte[]> Seeds() => [];

        public override void Run(ReadOnlySpan<byte> input)
        {
            switch (kind)
            {
                case "index":
                    _ = input[input.Length + kind.Length];
                    break;
                case "null":
                    _ = ((string)null!).Length;
                    break;
                case "memory":
                    GC.KeepAlive(new byte[64 << 20]);
                    break;
                case "fine":
                    break;
                default:
                    throw new InvalidDataException(kind switch
                    {
                        "lines" => "x.npz: two\nlines",
                        "silent" => " ",
                        "nameless" => "it is damaged",
                        "long" => $"x.npz: {new string('x', 10_000)}",
                        _ => "x.npz: is damaged",
                    });
            }
        }
    }
}
