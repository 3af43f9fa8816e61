using System.Runtime.CompilerServices;
using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>Finds the recordings, which stand outside the repository, and makes up motion where there are none.</summary>
internal static class Recordings
{
    // Horizons are one second at each recording's rate.
    private static readonly (string Name, int Horizon)[] _tables =
    [
        ("aloha_sim_insertion_human", 50),
        ("robosuite_panda", 20),
        ("franka_delta_eef", 30),
        ("gr1_pickplace", 20),
        ("g1_inspire", 30),
        ("adroit_door", 100),
    ];

    /// <summary>Does something with each recording of the tables of held-out episodes.</summary>
    /// <param name="names">The recordings; all where none is named.</param>
    /// <param name="action">Gets the name, the horizon and the episodes.</param>
    /// <returns>The exit code: 0; 2 where a name is unknown, 3 where a recording is missing.</returns>
    public static async Task<int> ForEachAsync(string[] names, Func<string, int, IReadOnlyList<Episode>, Task> action)
    {
        if (names.Except(_tables.Select(recording => recording.Name)).FirstOrDefault() is { } unknown)
        {
            await Console.Error.WriteLineAsync($"there is no row {unknown}; the rows are {string.Join(", ", _tables.Select(r => r.Name))}");
            return 2;
        }

        foreach ((string name, int horizon) in _tables.Where(recording => names.Length == 0 || names.Contains(recording.Name)))
        {
            if (await TryReadAsync(name) is not { } episodes)
            {
                await Console.Error.WriteLineAsync($"no recording {name} under {Root()}: set FAST_TOKENIZER_TESTDATA");
                return 3;
            }

            await action(name, horizon, episodes);
        }

        return 0;
    }

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
