using System.Diagnostics;

namespace Fast.Tokenizer.Fuzz;

/// <summary>Runs inputs and holds a target to its contract: a result or a documented exception, in little time and memory.</summary>
internal static class FuzzCheck
{
    private const int LongestMessage = 8000;

    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _endless = TimeSpan.FromSeconds(120);

    /// <summary>Runs an input.</summary>
    /// <param name="target">The target.</param>
    /// <param name="input">The input.</param>
    /// <param name="origin">Where it is from, for the message.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="FuzzFailure">The contract was broken; the message has what is needed to run the input again.</exception>
    public static FuzzOutcome Run(FuzzTarget target, byte[] input, string origin)
    {
        target.Prepare();
        // A loop without end cannot be left: the process says what it was at, and ends.
        using var watchdog = new Timer(
            _ => Environment.FailFast(Message(target, input, origin, $"no end within {_endless}")),
            null, _endless, Timeout.InfiniteTimeSpan);
        long before = GC.GetTotalAllocatedBytes();
        var clock = Stopwatch.StartNew();
        bool isTaken = true;
        try
        {
            target.Run(input);
        }
        catch (Exception problem) when (target.Allows(problem))
        {
            isTaken = false;
            if (FaultOf(problem, target.Place) is { } fault)
                throw new FuzzFailure(Message(target, input, origin, $"{fault}: '{problem.Message}'"), problem);
        }
        catch (Exception problem)
        {
            throw new FuzzFailure(Message(target, input, origin, problem.ToString()), problem);
        }

        TimeSpan taken = clock.Elapsed;
        long allocated = GC.GetTotalAllocatedBytes() - before, limit = target.MemoryLimit(input.Length);
        if (allocated > limit)
            throw new FuzzFailure(Message(target, input, origin, $"{allocated} bytes allocated, at most {limit} expected"));
        if (taken > _longest) throw new FuzzFailure(Message(target, input, origin, $"took {taken}, at most {_longest} expected"));
        return new(isTaken, allocated);
    }

    // What is wrong with the message of a refusal.
    private static string? FaultOf(Exception problem, string? place)
    {
        // The runtime's own check of a range says the value on a line of its own.
        bool isLine = problem is ArgumentOutOfRangeException || !problem.Message.AsSpan().ContainsAny("\r\n");
        if (string.IsNullOrWhiteSpace(problem.Message) || !isLine) return "a message that is not one line";
        if (place is not null && !problem.Message.Contains(place, StringComparison.Ordinal)) return $"a message that does not name {place}";
        return problem.Message.Length > LongestMessage ? $"a message of {problem.Message.Length} characters" : null;
    }

    private static string Message(FuzzTarget target, byte[] input, string origin, string problem) =>
        $"""
        target '{target.Name}', {origin}, {input.Length} bytes: {problem}
        Again: dotnet run -c Release --project tests/Fast.Tokenizer.Fuzz -- replay {target.Name} {Convert.ToBase64String(input)}
        """;
}
