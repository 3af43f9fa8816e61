using System.Runtime.CompilerServices;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.Tests;

public class RecordedEpisodesTests
{
    [Fact]
    public async Task Episodes_come_in_recorded_order_whichever_is_read_first()
    {
        var source = new Recording(20, (i, _) => i % 3);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), (await source.ReadAll()).Select(episode => episode.Name));
    }

    [Fact]
    public async Task No_more_are_held_than_a_few_ahead()
    {
        var source = new Recording(100, (_, _) => 0);
        int taken = 0;
        await foreach (Episode _ in source.ReadEpisodesAsync(TestContext.Current.CancellationToken))
        {
            taken++;
            Assert.InRange(source.Found, taken, taken + Environment.ProcessorCount + 1);
        }
    }

    [Fact]
    public async Task A_bad_episode_is_refused()
    {
        var source = new Recording(5, (i, _) => i == 2 ? throw new InvalidDataException("row 7 is bad") : 0);
        Assert.Equal("row 7 is bad", await source.Refusal());
    }

    [Fact]
    public async Task Bad_episodes_are_left_out_where_that_is_asked_for_and_told_once()
    {
        var told = new List<SkippedEpisode>();
        var source = new Recording(5, (i, _) => i is 0 or 3 ? throw new InvalidDataException($"bad {i}") : 0, told.Add);
        for (int pass = 0; pass < 2; pass++) Assert.Equal(["1", "2", "4"], (await source.ReadAll()).Select(episode => episode.Name));
        Assert.Equal([new SkippedEpisode("recording", "0", "bad 0"), new SkippedEpisode("recording", "3", "bad 3")], told);
    }

    [Fact]
    public async Task An_episode_of_values_that_are_not_finite_is_left_out_too()
    {
        var told = new List<SkippedEpisode>();
        var source = new Recording(3, (_, _) => 0, told.Add) { Value = i => i == 1 ? double.NaN : i };
        Assert.Equal(["0", "2"], (await source.ReadAll()).Select(episode => episode.Name));
        Assert.Contains("NaN at step 0, dimension 0", Assert.Single(told).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_fault_of_an_episode_is_never_left_out()
    {
        var source = new Recording(3, (i, _) => i == 1 ? throw new UnauthorizedAccessException("no") : 0, _ => { });
        await Assert.ThrowsAsync<UnauthorizedAccessException>(source.ReadAll);
    }

    [Fact]
    public async Task Stopping_early_waits_for_what_is_being_read()
    {
        int open = 0;
        var source = new Recording(100, (_, stop) =>
        {
            Interlocked.Increment(ref open);
            stop.WaitHandle.WaitOne(20);
            Interlocked.Decrement(ref open);
            return 0;
        });
        await foreach (Episode _ in source.ReadEpisodesAsync(TestContext.Current.CancellationToken)) break;
        Assert.Equal(0, open);
    }

    [Fact]
    public async Task Cancellation_stops_the_reading()
    {
        using var stop = new CancellationTokenSource();
        var source = new Recording(100, (_, _) => 0);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (Episode _ in source.ReadEpisodesAsync(stop.Token)) await stop.CancelAsync();
        });
    }

    private sealed class Recording(int count, Func<int, CancellationToken, int> read, Action<SkippedEpisode>? skipBad = null)
        : RecordedEpisodes("recording", new EpisodeDatasetOptions { SkipBad = skipBad })
    {
        public Func<int, double> Value { get; init; } = i => i;

        public int Found { get; private set; }

        public override IReadOnlyList<string>? DimensionNames => null;

        public override double? Rate => null;

        protected override async IAsyncEnumerable<EpisodeEntry> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (int i = 0; i < count; i++)
            {
                int index = i;
                cancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
                Found++;
                yield return new EpisodeEntry($"{i}", async stop =>
                {
                    await Task.Delay(read(index, stop), stop);
                    return new Episode($"{index}", new[] { Value(index) }, 1);
                });
            }
        }
    }
}
