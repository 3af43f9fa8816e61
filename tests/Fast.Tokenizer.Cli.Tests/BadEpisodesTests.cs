using System.Text.Json;
using Fast.Tokenizer.Datasets;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>What is said of episodes that were left out.</summary>
public sealed class BadEpisodesTests
{
    [Fact]
    public void Each_is_counted_and_named_on_standard_error()
    {
        using var error = new StringWriter();
        using var console = new ToolConsole(TextWriter.Null, error);
        var bad = new BadEpisodes { AreWanted = true };
        bad.Note(console);
        Assert.Equal("", error.ToString());

        bad.Add(new SkippedEpisode("day1", "a", "is torn\nat row 3"));
        bad.Add(new SkippedEpisode("day2", "b", "is empty"));
        bad.Note(console);
        Assert.Equal(
            [
                "fast-tokenizer: episodes left out because they cannot be read: 2",
                "  episode 'a' of day1: is torn at row 3",
                "  episode 'b' of day2: is empty",
                "",
            ],
            error.ToString().ReplaceLineEndings("\n").Split('\n'));
    }

    [Fact]
    public void Json_lists_them_where_they_may_be_left_out_and_keeps_the_rest_as_it_was()
    {
        const string Report = "{\n  \"rmse\": 0.1000000000000000055,\n  \"rows\": []\n}";
        var bad = new BadEpisodes();
        Assert.Equal(Report, bad.AddTo(Report));
        bad.AreWanted = true;
        Assert.Equal(0, JsonDocument.Parse(bad.AddTo(Report)).RootElement.GetProperty("bad_episodes").GetArrayLength());
        bad.Add(new SkippedEpisode("day1", "a", "is torn"));
        string json = bad.AddTo(Report);
        Assert.StartsWith(Report[..^2], json, StringComparison.Ordinal);
        JsonElement episode = Assert.Single(JsonDocument.Parse(json).RootElement.GetProperty("bad_episodes").EnumerateArray().ToArray());
        Assert.Equal(("day1", "a", "is torn"), (Field("recording"), Field("episode"), Field("reason")));
        string? Field(string name) => episode.GetProperty(name).GetString();
    }
}
