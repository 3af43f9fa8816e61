using System.Runtime.CompilerServices;
using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>Finds the recordings, which stand outside the repository, and makes up motion where there are none.</summary>
internal static class Recordings
{
    /// <summary>The folder named by <c>FAST_TOKENIZER_TESTDATA</c>, by default <c>../shared</c> beside the checkout.</summary>
    public static string Root([CallerFilePath] string here = "") =>
        Environment.GetEnvironmentVariable("FAST_TOKENIZER_TESTDATA") is { Length: > 0 } named
            ? named
            : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "shared"));

    /// <summary>The folder of this project.</summary>
    public static string ProjectFolder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

    /// <summary>Reads all episodes of a recording, or gives null where it is absent.</summary>
    public static async Task<IReadOnlyList<Episode>?> TryReadAsync(string name)
    {
        string path = Path.Combine(Root(), "actions", name + ".npz");
        if (!File.Exists(path)) return null;

        var episodes = new List<Episode>();
        await foreach (Episode episode in EpisodeDataset.Open(path).ReadEpisodesAsync()) episodes.Add(episode);
        return episodes;
    }

    /// <summary>50 episodes of two arms at 50 Hz, 14 dimensions: the ALOHA insertion recording, or synthetic motion of its size.</summary>
    public static IReadOnlyList<Episode> Aloha()
    {
        if (TryReadAsync("aloha_sim_insertion_human").GetAwaiter().GetResult() is { } recorded) return recorded;
        Console.WriteLine($"// no recordings under {Root()}: the motion is synthetic");
        var random = new Random(1);
        return [.. Enumerable.Range(0, 50).Select(i => new Episode($"episode_{i:000}", Synthetic(random, 500, 14), 14))];
    }

    // Each joint is three slow waves, of at most 2 Hz at 50 steps a second.
    private static double[] Synthetic(Random random, int steps, int dimensions)
    {
        var actions = new double[steps * dimensions];
        for (int d = 0; d < dimensions; d++)
        {
            for (int wave = 1; wave <= 3; wave++)
            {
                double pace = random.NextDouble() * 2 * Math.PI * 2 / 50, phase = random.NextDouble() * 2 * Math.PI;
                for (int t = 0; t < steps; t++) actions[(t * dimensions) + d] += Math.Sin((pace * t) + phase) / wave;
            }
        }

        return actions;
    }
}
