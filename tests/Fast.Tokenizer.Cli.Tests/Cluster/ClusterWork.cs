using Fast.Tokenizer.Cli.Tests.Documentation;
using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Tests.Cluster;

/// <summary>Shards of recorded motion, a settings file of the sample for them, and what one machine makes of the same.</summary>
internal sealed class ClusterWork : IDisposable
{
    private const string Train = "--vocab-size 400";
    private const string Count = "--rate 20 --horizon 1s --stride 2";
    private const string Tokenize = "--stride 4 --shard-chunks 60 --output-format jsonl";

    // A blank in each path: whatever is not quoted fails.
    private readonly TemporaryFolder _outer = new();
    private readonly string _folder;

    private ClusterWork()
    {
        _folder = _outer["the work"];
        Directory.CreateDirectory(Path.Combine(_folder, "shards"));
        Shell = new Shell(_folder);
    }

    /// <summary>The shards, in the order of their list.</summary>
    public List<string> Shards { get; } = [];

    /// <summary>Stands in the folder.</summary>
    public Shell Shell { get; }

    public string this[string name] => Path.Combine(_folder, name);

    /// <summary>A script of the sample, as a word of the shell.</summary>
    public static string Script(string name) => $"'{Path.Combine(TestData.RepositoryRoot(), "samples", "Cluster", name)}'";

    /// <summary>Writes shards and settings; skips the running test where there is no recording to make them of.</summary>
    /// <param name="tool">What is run as the tool.</param>
    public static async Task<ClusterWork> CreateAsync(string tool = "fast-tokenizer")
    {
        List<Episode> episodes = await RecordedEpisodes.ReadAsync(TrainedTokenizer.Recording);
        var work = new ClusterWork();
        foreach (int[] shard in (int[][])[[3], [0], [4, 1], [2]])
        {
            string name = $"shards/shard {work.Shards.Count}.npz";
            work._outer.WriteEpisodes(
                Path.Combine("the work", name), TrainedTokenizer.Dims, [.. shard.Select(i => episodes[i].Actions.ToArray())]);
            work.Shards.Add(name);
        }

        await File.WriteAllLinesAsync(work["shards.txt"], work.Shards);
        await File.WriteAllTextAsync(work["settings.sh"], $"""
            SHARDS=shards.txt OUTPUT='the run' TASKS=3
            RECORDING=() STATISTICS=({Count}) COEFFICIENTS=(--scale 12) TRAIN=({Train}) TOKENIZE=({Tokenize}) SBATCH=(--time 5)
            FAST_TOKENIZER=({tool})

            """.ReplaceLineEndings("\n"));
        return work;
    }

    /// <summary>Runs a script of the sample on the settings.</summary>
    /// <returns>What it wrote.</returns>
    public async Task<string> RunAsync(string script, string arguments = "", IReadOnlyDictionary<string, string>? environment = null)
    {
        (int code, string output) = await Shell.BashAsync(
            $"{Script(script)} settings.sh {arguments}", environment ?? new Dictionary<string, string>());
        Assert.True(code == 0, output);
        return output;
    }

    /// <summary>The files of the tokenizer and of the tokens, with their bytes in hexadecimal; but for what says how it was made.</summary>
    public SortedDictionary<string, string> Results() => ResultsOf("the run");

    /// <summary>The same from one machine, without parts: all shards trained on together, each tokenised.</summary>
    public async Task<SortedDictionary<string, string>> OneMachineAsync()
    {
        string data = string.Join(' ', Shards.Select(shard => $"'{shard}'"));
        await Shell.RunAsync($"fast-tokenizer train --data {data} {Count} --scale 12 {Train} --holdout 0 --output one/tokenizer");
        for (int i = 0; i < Shards.Count; i++)
        {
            string tokens = $"--data '{Shards[i]}' {Tokenize} --output one/tokens/{i:D6}";
            await Shell.RunAsync($"fast-tokenizer tokenize --tokenizer one/tokenizer {tokens}");
        }

        return ResultsOf("one");
    }

    public void Dispose()
    {
        Shell.Dispose();
        _outer.Dispose();
    }

    private SortedDictionary<string, string> ResultsOf(string run) => new(
        new[] { "tokenizer", "tokens" }
            .SelectMany(part => Directory.EnumerateFiles(Path.Combine(_folder, run, part), "*", SearchOption.AllDirectories))
            .Where(file => Path.GetFileName(file) != "train.json")
            .ToDictionary(
                file => Path.GetRelativePath(Path.Combine(_folder, run), file),
                file => Convert.ToHexString(File.ReadAllBytes(file))),
        StringComparer.Ordinal);
}
