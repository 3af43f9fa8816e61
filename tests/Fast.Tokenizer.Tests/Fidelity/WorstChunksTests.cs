using Fast.Tokenizer.Fidelity;
using Chunk = Fast.Tokenizer.Tests.Fidelity.ScriptedTokenizer.Chunk;

namespace Fast.Tokenizer.Tests.Fidelity;

/// <summary>The list of worst chunks, where windows overlap.</summary>
public sealed class WorstChunksTests
{
    [Fact]
    public void One_error_in_many_windows_is_listed_once()
    {
        // A jump at step 50 that all ten windows over it get wrong, the more so the later it comes in them; and a lesser one at step 90.
        FidelityReport report = Report(10, [.. Enumerable.Range(0, 120).Select(step => new FidelityChunk("e", step, 1, step switch
        {
            > 40 and <= 50 => 5 + (0.1 * (50 - step)),
            > 80 and <= 90 => 3,
            _ => 0.5,
        }))]);

        Assert.Equal(("e", 41, 5.9), (report.WorstChunk.Episode, report.WorstChunk.Step, report.WorstChunk.MaxError));
        Assert.Equal([41, 81], report.WorstChunks.Take(2).Select(chunk => chunk.Step));
        Assert.All(report.WorstChunks.Skip(2), chunk => Assert.Equal(0.5, chunk.MaxError));
    }

    [Fact]
    public void The_list_is_that_of_a_plain_computation_over_all_chunks()
    {
        var random = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            int horizon = random.Next(1, 12);
            FidelityChunk[] chunks = RandomChunks(random);
            Assert.Equal(Naive(chunks, horizon), Report(horizon, chunks).WorstChunks);
        }
    }

    [Fact]
    public void Merging_in_recorded_order_lists_what_one_pass_lists()
    {
        var random = new Random(8);
        for (int round = 0; round < 200; round++)
        {
            int horizon = random.Next(1, 12);
            FidelityChunk[] chunks = RandomChunks(random);
            Assert.Equal(Report(horizon, chunks).WorstChunks, Report(horizon, chunks, random).WorstChunks);
        }
    }

    [Fact]
    public void No_two_listed_chunks_overlap()
    {
        var random = new Random(9);
        FidelityChunk[] chunks = [.. Enumerable.Range(0, 5000).Select(i => new FidelityChunk($"e{i / 500}", i % 500, 1, random.Next(1000)))];
        IReadOnlyList<FidelityChunk> worst = Report(20, chunks).WorstChunks;
        Assert.Equal(10, worst.Count);
        foreach (FidelityChunk chunk in worst)
            Assert.DoesNotContain(worst, other => other != chunk && other.Episode == chunk.Episode && Math.Abs(other.Step - chunk.Step) < 20);
    }

    // Few different errors, so that many are equal; the horizon in the report is chosen by the caller.
    private static FidelityChunk[] RandomChunks(Random random)
    {
        int levels = random.Next(1, 40), stride = random.Next(1, 4);
        return
        [
            .. Enumerable.Range(0, random.Next(1, 6)).SelectMany(episode => Enumerable.Range(0, random.Next(1, 150)).Select(i =>
                new FidelityChunk($"episode {episode}", i * stride, random.Next(1, 3), random.Next(levels)))),
        ];
    }

    private static FidelityChunk[] Naive(FidelityChunk[] chunks, int horizon)
    {
        var listed = new List<FidelityChunk>();
        FidelityChunk[] worstOfStretch =
            [.. chunks.GroupBy(chunk => (chunk.Episode, chunk.Step / horizon)).Select(stretch => stretch.MaxBy(chunk => chunk.MaxError))];

        // Sorting is stable: of equal errors the one recorded first.
        foreach (FidelityChunk chunk in worstOfStretch.OrderByDescending(chunk => chunk.MaxError).ThenBy(chunk => Array.IndexOf(chunks, chunk)))
        {
            bool overlaps = listed.Any(worse => worse.Episode == chunk.Episode && Math.Abs(worse.Step - chunk.Step) < horizon);
            if (listed.Count < 10 && !overlaps) listed.Add(chunk);
        }

        return [.. listed];
    }

    private static FidelityReport Report(int horizon, FidelityChunk[] chunks, Random? parts = null)
    {
        var shape = new ActionShape(horizon, 1);
        var tokenizer = new ScriptedTokenizer([.. chunks.Select(chunk => new Chunk(
            [.. Enumerable.Range(0, horizon).Select(t => t == horizon / 2 ? chunk.MaxError : 0)], chunk.Tokens))]);
        var all = new FidelityEvaluator(tokenizer, shape);
        FidelityEvaluator part = all;
        foreach (FidelityChunk chunk in chunks)
        {
            if (parts?.Next(10) == 0)
            {
                if (part != all) all.Merge(part);
                part = new FidelityEvaluator(tokenizer, shape);
            }

            part.Add(new double[horizon], chunk.Episode, chunk.Step);
        }

        if (part != all) all.Merge(part);
        return all.ToReport();
    }
}
