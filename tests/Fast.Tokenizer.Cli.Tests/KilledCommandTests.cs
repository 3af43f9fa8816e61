using System.Diagnostics;
using System.Globalization;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>
/// Commands that are killed or stopped again and again. <c>FAST_TOKENIZER_FAULT_ROUNDS</c> says how often.
/// </summary>
public sealed class KilledCommandTests(TrainedTokenizer trained) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static int Rounds =>
        int.TryParse(Environment.GetEnvironmentVariable("FAST_TOKENIZER_FAULT_ROUNDS"), CultureInfo.InvariantCulture, out int rounds)
            ? rounds
            : 3;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Tokenize_killed_again_and_again_gives_the_bytes_of_one_run()
    {
        string[] args =
        [
            "tokenize", "--tokenizer", await trained.FolderAsync(), "--data", TrainedTokenizer.Recording, "--output-format", "jsonl",
            "--shard-chunks", "100", "--stride", "2", "--mode", "rate-distortion", "--lambda", "1",
        ];
        (await ToolRun.Of([.. args, "--output", _folder["whole"]])).Succeeds();
        var random = new Random(21);
        for (int round = 0; round < Rounds; round++) await KillAsync(random.Next(200, 900), [.. args, "--output", _folder["ids"]]);
        (await ToolRun.Of([.. args, "--output", _folder["ids"]])).Succeeds();

        Assert.Equal(Contents(_folder["whole"]), Contents(_folder["ids"]));
    }

    [Theory]
    [InlineData("KILL")]
    [InlineData("INT")]
    public async Task Train_leaves_the_old_tokenizer_or_the_new_one(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        string[] args =
        [
            "train", "--data", TrainedTokenizer.Recording, "--horizon", "1s", "--stride", "8", "--holdout", "0", "--vocab-size", "400",
            "--output", _folder["place/it"],
        ];
        (await ToolRun.Of(args)).Succeeds();
        string[] wholes = [Tokenizer(), FastActionTokenizer.Load(await trained.FolderAsync()).Checksum()];
        var random = new Random(22);
        for (int round = 0; round < Rounds; round++)
        {
            FastActionTokenizer.Load(await trained.FolderAsync()).Save(_folder["place/it"]);
            await KillAsync(random.Next(250, 900), args, signal);
            Assert.Contains(Tokenizer(), wholes);
            if (signal == "INT") Assert.Equal([_folder["place/it"]], Directory.GetFileSystemEntries(_folder["place"]));
        }

        (await ToolRun.Of(args)).Succeeds();
        Assert.Equal([_folder["place/it"]], Directory.GetFileSystemEntries(_folder["place"]));
    }

    [Theory]
    [InlineData("encode --tokenizer TOKENIZER --input ACTIONS --mode rate-distortion --lambda 1 --output OUT")]
    [InlineData("decode --tokenizer TOKENIZER --input IDS --output OUT")]
    public async Task A_file_that_was_being_written_is_not_the_old_one_and_is_gone_after_the_next(string line)
    {
        string[] args = await WordsAsync(line);
        Directory.CreateDirectory(_folder["place"]);
        await File.WriteAllTextAsync(_folder["place/out"], "old", TestContext.Current.CancellationToken);
        using (Process process = ToolRun.Start(new Dictionary<string, string>(), args))
        {
            while (!process.HasExited && Directory.GetFileSystemEntries(_folder["place"]).Length == 1)
                await Task.Delay(1, TestContext.Current.CancellationToken);
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal("old", await File.ReadAllTextAsync(_folder["place/out"], TestContext.Current.CancellationToken));
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder["place"]).Length);

        // Of the same form, but of other files.
        string[] others = [_folder["place/out.txt"], _folder["place/out.aaaaaaaa.bbb.txt"], _folder["place/out2.aaaaaaaa.bbb.tmp"]];
        foreach (string other in others) await File.WriteAllTextAsync(other, "precious", TestContext.Current.CancellationToken);
        (await ToolRun.Of(args)).SucceedsWithNotes();
        Assert.Equal(
            [.. others.Append(_folder["place/out"]).Order(StringComparer.Ordinal)],
            Directory.GetFileSystemEntries(_folder["place"]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("train --data DATA --horizon 1s --stride 8 --vocab-size 400 --output OUT")]
    [InlineData("convert --tokenizer TOKENIZER --data DATA --stride 8 --alphabet byte-level --output OUT")]
    public async Task Cancelled_at_any_point_leaves_the_old_tokenizer_or_the_new_one(string line)
    {
        string[] args = await WordsAsync(line);
        (await ToolRun.Of(args)).SucceedsWithNotes();
        var watch = Stopwatch.StartNew();
        (await ToolRun.Of(args)).SucceedsWithNotes();
        double took = watch.Elapsed.TotalMilliseconds;
        string whole = FastActionTokenizer.Load(_folder["place/out"]).Checksum();
        FastActionTokenizer old = FastActionTokenizer.Load(await trained.FolderAsync());
        int stopped = 0, points = 2 * Rounds;
        for (int point = 0; point < points; point++)
        {
            old.Save(_folder["place/out"]);
            using var stop = new CancellationTokenSource();
            stop.CancelAfter(TimeSpan.FromMilliseconds(took * point / points));
            ToolRun run = await ToolRun.Of(stop.Token, args);

            string expected = run.Code == ExitCode.Interrupted ? old.Checksum() : whole;
            if (run.Code == ExitCode.Interrupted) stopped++;
            else run.SucceedsWithNotes();
            Assert.Equal(expected, FastActionTokenizer.Load(_folder["place/out"]).Checksum());
            Assert.Equal([_folder["place/out"]], Directory.GetFileSystemEntries(_folder["place"]));
        }

        Assert.True(stopped > 0, "it was never stopped");
    }

    private string Tokenizer() => FastActionTokenizer.Load(_folder["place/it"]).Checksum();

    private async Task<string[]> WordsAsync(string line)
    {
        const int Chunks = 4000;
        string tokenizer = await trained.FolderAsync();
        var random = new Random(23);
        if (line.Contains("ACTIONS", StringComparison.Ordinal))
        {
            const int Values = Chunks * TrainedTokenizer.Horizon * TrainedTokenizer.Dims;
            double[] values = [.. Enumerable.Range(0, Values).Select(_ => random.NextDouble())];
            _folder.WriteArray("x.npy", values, Chunks, TrainedTokenizer.Horizon, TrainedTokenizer.Dims);
        }

        if (line.Contains("IDS", StringComparison.Ordinal))
        {
            var chunk = new double[TrainedTokenizer.Horizon * TrainedTokenizer.Dims];
            int[] ids = FastActionTokenizer.Load(tokenizer).Encode(chunk, new ActionShape(TrainedTokenizer.Horizon, TrainedTokenizer.Dims));
            await File.WriteAllLinesAsync(_folder["ids.jsonl"], Enumerable.Repeat($"[{string.Join(',', ids)}]", 40 * Chunks));
        }

        return [.. line.Split(' ').Select(word => word switch
        {
            "DATA" => TrainedTokenizer.Recording,
            "TOKENIZER" => tokenizer,
            "ACTIONS" => _folder["x.npy"],
            "IDS" => _folder["ids.jsonl"],
            "OUT" => _folder["place/out"],
            _ => word,
        })];
    }

    private static async Task KillAsync(int milliseconds, string[] args, string signal = "KILL")
    {
        using Process process = ToolRun.Start(new Dictionary<string, string>(), args);
        await Task.Delay(milliseconds, TestContext.Current.CancellationToken);
        if (signal == "KILL") process.Kill();
        else Process.Start("kill", [$"-{signal}", $"{process.Id}"]).Dispose();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static SortedDictionary<string, string> Contents(string folder) => new(
        Directory.GetFiles(folder).ToDictionary(file => Path.GetFileName(file), File.ReadAllText), StringComparer.Ordinal);
}
