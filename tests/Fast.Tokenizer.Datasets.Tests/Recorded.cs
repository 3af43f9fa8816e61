using Fast.Tokenizer.Datasets.NumPy;
using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.Tests;

/// <summary>The recordings that each format must give exactly.</summary>
internal static class Recorded
{
    /// <summary>The actions and states that a data set of the test data has, episode by episode.</summary>
    public static async Task<(List<Episode> Actions, List<Episode> States)> Expected(string name) => (
        await new NumPyEpisodeSource(TestData.Locate("actions", $"{name}.npz")).ReadAll(),
        await new NumPyEpisodeSource(TestData.Locate("states", $"{name}.npz")).ReadAll());

    /// <summary>Every bit of every episode, and no episode more or less.</summary>
    public static async Task Equals(string name, IEpisodeSource source)
    {
        (List<Episode> actions, List<Episode> states) = await Expected(name);
        List<Episode> read = await source.ReadAll();
        Assert.Equal(actions.Count, read.Count);
        for (int i = 0; i < actions.Count; i++)
        {
            Assert.Equal(actions[i].Dimensions, read[i].Dimensions);
            Assert.Equal(actions[i].Actions.ToArray(), read[i].Actions.ToArray());
            Assert.Equal(states[i].Dimensions, read[i].StateDimensions);
            Assert.Equal(states[i].Actions.ToArray(), read[i].States.ToArray());
        }
    }
}
