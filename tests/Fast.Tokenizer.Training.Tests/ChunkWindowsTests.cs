using Fast.Tokenizer.Tests.Normalization;

namespace Fast.Tokenizer.Training.Tests;

public sealed class ChunkWindowsTests
{
    [Fact]
    public void Windows_are_counted_as_they_are_found_one_by_one()
    {
        for (int steps = 0; steps < 40; steps++)
        {
            for (int horizon = 1; horizon < 15; horizon++)
            {
                for (int stride = 1; stride < 17; stride++)
                {
                    int found = 0;
                    for (int start = 0; start + horizon <= steps; start += stride) found++;
                    Assert.Equal(found, ChunkWindows.Count(steps, horizon, stride));
                }
            }
        }
    }

    [Fact]
    public void A_horizon_or_stride_below_one_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("horizon", () => ChunkWindows.Count(5, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>("stride", () => ChunkWindows.Count(5, 1, 0));
    }

    [Fact]
    public void A_window_holds_its_steps()
    {
        var episode = new Episode("e", new double[] { 0, 10, 1, 11, 2, 12, 3, 13 }, 2);

        Assert.Equal([1, 11, 2, 12], ChunkWindows.Slice(episode, 1, 2));
        Assert.Equal(episode.Actions.Span, ChunkWindows.Slice(episode, 0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChunkWindows.Slice(episode, 3, 2).Length);
    }

    [Fact]
    public void Dimensions_are_selected_in_the_order_given()
    {
        double[] actions = [0, 10, 20, 1, 11, 21];
        var episode = new Episode("e", actions, 3) { States = new double[] { 7, 8 }, StateDimensions = 1 };

        Episode selected = ChunkWindows.Select(episode, [2, 0]);

        Assert.Equal([20, 0, 21, 1], selected.Actions.Span);
        Assert.Equal(("e", 2, 2, 1), (selected.Name, selected.Dimensions, selected.Steps, selected.StateDimensions));
        Assert.Equal([7, 8], selected.States.Span);
        Assert.Same(episode, ChunkWindows.Select(episode, null));
        Refusal.Says<ArgumentException>("'e' has 3 dimensions, there is no dimension 3", () => ChunkWindows.Select(episode, [0, 3]));
        Refusal.Says<ArgumentException>("there is no dimension -1", () => ChunkWindows.Select(episode, [-1]));
    }
}
