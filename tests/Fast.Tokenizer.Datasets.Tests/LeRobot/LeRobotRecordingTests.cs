using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.Tests.LeRobot;

/// <summary>Real data sets, beside what others read from them.</summary>
public class LeRobotRecordingTests
{
    private static async Task<(List<Episode> Episodes, List<SkippedEpisode> Skipped, IEpisodeSource Source)> Read(
        string name, EpisodeDatasetOptions? options = null)
    {
        var skipped = new List<SkippedEpisode>();
        IEpisodeSource source = EpisodeDataset.Open(
            TestData.Locate("formats", name), (options ?? EpisodeDatasetOptions.Default) with { SkipBad = skipped.Add });
        return (await source.ReadAll(), skipped, source);
    }

    private static async Task<Dictionary<string, Episode>> Expected(string folder, string name) =>
        (await EpisodeDataset.Open(TestData.Locate(folder, $"{name}.npz")).ReadAll()).ToDictionary(episode => episode.Name);

    private static async Task Equal(List<Episode> episodes, string recording, bool hasStates = true)
    {
        Dictionary<string, Episode> actions = await Expected("actions", recording);
        Dictionary<string, Episode>? states = hasStates ? await Expected("states", recording) : null;
        foreach (Episode episode in episodes)
        {
            string key = $"episode_{episode.Name[^3..]}";
            Assert.Equal(actions[key].Dimensions, episode.Dimensions);
            Assert.Equal(actions[key].Actions.ToArray(), episode.Actions.ToArray());
            if (states is null) continue;
            Assert.Equal(states[key].Dimensions, episode.StateDimensions);
            Assert.Equal(states[key].Actions.ToArray(), episode.States.ToArray());
        }
    }

    [Fact]
    public async Task Version_2_0_with_a_template_that_is_not_where_the_files_are()
    {
        (List<Episode> episodes, List<SkippedEpisode> skipped, IEpisodeSource source) = await Read("lerobot_v2.0_gr1");
        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"episode_00000{i}"), episodes.Select(episode => episode.Name));
        Assert.Empty(skipped);
        Assert.Equal([416, 470, 470, 412, 328], episodes.Select(episode => episode.Steps));
        Assert.Equal(20, source.Rate);
        Assert.Equal(Enumerable.Range(0, 44).Select(i => $"motor_{i}"), source.DimensionNames);
        Assert.Equal(source.DimensionNames, source.StateNames);
        await Equal(episodes, "gr1_pickplace");
    }

    [Fact]
    public async Task Version_2_1_of_which_some_files_are_there()
    {
        (List<Episode> episodes, List<SkippedEpisode> skipped, IEpisodeSource source) = await Read("lerobot_v2.1_g1");
        Assert.Equal(["episode_000000", "episode_000010", "episode_000028"], episodes.Select(episode => episode.Name));
        Assert.Equal(97, skipped.Count);
        Assert.All(skipped, left =>
            Assert.EndsWith($"is missing; the data set lists episode {int.Parse(left.Episode[^6..])}", left.Reason));
        Assert.Equal(30, source.Rate);
        Assert.Equal("kLeftShoulderPitch", source.DimensionNames![0]);
        Assert.Equal("kRightHandThumbRotation", source.StateNames![25]);
        await Equal(episodes, "g1_inspire");
    }

    [Fact]
    public async Task Version_2_1_with_actions_in_several_columns_beside_pickles()
    {
        var options = new EpisodeDatasetOptions
        {
            ActionKey = "action.delta_eef_position, action.delta_eef_rotation,action.gripper_close",
            StateKey = "state.eef_position",
        };
        (List<Episode> episodes, List<SkippedEpisode> skipped, IEpisodeSource source) = await Read("lerobot_v2.1_franka", options);
        Episode episode = Assert.Single(episodes);
        Assert.Equal(["episode_000000", "episode_000001", "episode_000003"], skipped.Select(left => left.Episode));
        Assert.Equal("episode_000002", episode.Name);
        Assert.Equal((3, 398 * 3), (episode.StateDimensions, episode.States.Length));
        Assert.Null(source.DimensionNames);
        await Equal(episodes, "franka_delta_eef", hasStates: false);
    }

    [Fact]
    public void A_data_set_without_an_action_column_lists_what_could_be_one()
    {
        string path = TestData.Locate("formats", "lerobot_v2.1_franka");
        string message = EpisodeReading.Refusal(() => EpisodeDataset.Open(path));
        Assert.StartsWith(
            $"file '{Path.Combine(path, "meta", "info.json")}': there is no 'action'; it has 'action.joints', 'action.gripper_width', ",
            message, StringComparison.Ordinal);
        Assert.EndsWith("give the action key", message, StringComparison.Ordinal);
        Assert.DoesNotContain("annotation", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_named_where_nothing_may_be_left_out()
    {
        string path = TestData.Locate("formats", "lerobot_v2.1_g1");
        string file = Path.Combine(path, "data/chunk-000/episode_000001.parquet");
        Assert.Equal($"file '{file}': is missing; the data set lists episode 1", await EpisodeDataset.Open(path).Refusal());
    }
}
