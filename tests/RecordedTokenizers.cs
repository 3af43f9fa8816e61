using System.Collections.Concurrent;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Tests;

/// <summary>The recordings in <c>actions</c>, and for each a small tokenizer trained on its first episodes.</summary>
internal static class RecordedTokenizers
{
    private static readonly Dictionary<string, int> _rates = new()
    {
        ["adroit_door"] = 100,
        ["aloha_sim_insertion_human"] = 50,
        ["bridge"] = 5,
        ["franka_delta_eef"] = 30,
        ["g1_inspire"] = 30,
        ["gr1_pickplace"] = 20,
        ["pusht"] = 10,
        ["robosuite_panda"] = 20,
        ["robosuite_panda_wipe"] = 20,
    };

    private static readonly ConcurrentDictionary<string, Lazy<IReadOnlyList<Episode>>> _episodes = new();
    private static readonly ConcurrentDictionary<string, Lazy<FastActionTokenizer>> _tokenizers = new();

    public static IReadOnlyList<Episode> Episodes(string name) => _episodes.GetOrAdd(name, _ => new(() => Read(name))).Value;

    public static FastActionTokenizer Get(string name) => _tokenizers.GetOrAdd(name, _ => new(() => Train(name))).Value;

    /// <summary>One second of the recording.</summary>
    public static ActionShape Shape(string name) => new(_rates[name], Episodes(name)[0].Dimensions);

    /// <summary>All whole seconds of all episodes, in order.</summary>
    public static IEnumerable<ReadOnlyMemory<double>> Windows(string name) => Windows(name, Episodes(name));

    /// <summary>Those of them that the tokenizer has seen in training.</summary>
    public static IEnumerable<ReadOnlyMemory<double>> TrainingWindows(string name) => Windows(name, First(name));

    private static IEnumerable<ReadOnlyMemory<double>> Windows(string name, IEnumerable<Episode> episodes)
    {
        ActionShape shape = Shape(name);
        return episodes.SelectMany(episode => Enumerable.Range(0, episode.Steps / shape.Horizon)
            .Select(i => episode.Actions.Slice(i * shape.Count, shape.Count)));
    }

    private static Episode[] Read(string name)
    {
        Npz arrays = Npz.Open(TestData.Locate("actions", name + ".npz"));
        return [.. arrays.Names.Select(key => new Episode(key, arrays[key].Values, arrays[key].Shape[1]))];
    }

    private static IEnumerable<Episode> First(string name) => Episodes(name).Take(Math.Max(1, Episodes(name).Count / 5));

    private static FastActionTokenizer Train(string name)
    {
        var trainer = new ActionTokenizerTrainer(new()
        {
            Horizon = _rates[name],
            Stride = _rates[name] / 5,
            Vocabulary = new() { VocabularySize = 512 },
        });
        return trainer.TrainAsync(new EpisodeList([.. First(name)], name)).GetAwaiter().GetResult().Tokenizer;
    }
}
