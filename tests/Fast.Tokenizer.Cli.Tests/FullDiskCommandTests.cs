using System.Diagnostics;
using Fast.Tokenizer.Tests;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>Commands whose output is on a disk that is full or read-only: what was there stays, and nothing is left beside it.</summary>
public sealed class FullDiskCommandTests(TrainedTokenizer trained) : IDisposable
{
    private const int Page = 4096;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Lines =>
    [
        "train --data DATA --horizon 1s --stride 40 --holdout 0 --vocab-size 400 --output OUT",
        "convert --tokenizer TOKENIZER --data DATA --stride 40 --alphabet byte-level --output OUT",
        "sweep --data DATA --horizon 1s --stride 40 --scale 10 --lambda 1 --vocab-size 400 --windows 20 --output OUT",
        "report --tokenizer TOKENIZER --data DATA --stride 200 --windows 20 --output OUT",
        "encode --tokenizer TOKENIZER --input ACTIONS --output OUT",
        "decode --tokenizer TOKENIZER --input IDS --output OUT",
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task A_full_disk_leaves_the_old_and_room_gives_the_new(string line)
    {
        using SmallDisk disk = SmallDisk.Mount(_folder["disk"], 4096);
        (await RunAsync(line, disk["size"])).SucceedsWithNotes();
        int pages = PagesOf(disk["size"]);
        await PutOldAsync(line, disk);
        SortedDictionary<string, string> before = disk.Snapshot();
        foreach (int free in (int[])[0, pages / 3, 2 * pages / 3])
        {
            disk.FillBut(free);
            (await RunAsync(line, disk["out"])).Fails(ExitCode.InvalidData, "No space left on device");
            Assert.Equal(before, disk.Snapshot());
        }

        disk.Empty();
        (await RunAsync(line, disk["out"])).SucceedsWithNotes();
        Assert.Equal(["out", "size"], Directory.GetFileSystemEntries(disk.FullPath).Select(Path.GetFileName).Order());
        Assert.Equal(NamesIn(disk["size"]), NamesIn(disk["out"]));
        Assert.NotEqual(before, disk.Snapshot());
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task A_read_only_disk_stays_as_it_is(string line)
    {
        using SmallDisk disk = SmallDisk.Mount(_folder["disk"], 4096);
        await PutOldAsync(line, disk);
        SortedDictionary<string, string> before = disk.Snapshot();
        disk.MakeReadOnly();
        (await RunAsync(line, disk["out"])).Fails(ExitCode.InvalidData, "Read-only file system");
        Assert.Equal(before, disk.Snapshot());
    }

    [Theory]
    [InlineData("parquet")]
    [InlineData("jsonl")]
    public async Task Tokenize_goes_on_from_its_whole_files_as_room_comes(string format)
    {
        using SmallDisk disk = SmallDisk.Mount(_folder["disk"], 4096);
        string line = $"tokenize --tokenizer TOKENIZER --data DATA --stride 5 --shard-chunks 60 --output-format {format} --output OUT";
        (await RunAsync(line, _folder["whole"])).SucceedsWithNotes();
        var files = new List<int>();
        for (int free = 0; ; free++)
        {
            disk.FillBut(free);
            ToolRun run = await RunAsync(line, disk["out"]);
            if (run.Code == ExitCode.Done) break;
            run.Fails(ExitCode.InvalidData, "No space left on device");
            Assert.All(NamesIn(disk["out"]), name => Assert.Matches($@"^(manifest\.json|shard-\d+\.{format})$", name));
            files.Add(NamesIn(disk["out"]).Length);
        }

        Assert.Equal(0, files[0]);
        Assert.InRange(files.Distinct().Count(), 3, files.Count);
        Assert.Equal(NamesIn(_folder["whole"]), NamesIn(disk["out"]));
        foreach (string name in NamesIn(disk["out"]))
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["whole"], name)), File.ReadAllBytes(Path.Combine(disk["out"], name)));
    }

    [Theory]
    [InlineData("trap '' XFSZ; ", ExitCode.WrongUsage)]
    [InlineData("", 128 + 25)]
    public async Task A_limit_on_the_length_of_files_leaves_the_old_tokenizer(string ignoreSignal, int code)
    {
        // Needs no mount. The system's answer to a file that grows too long is an error where the signal is ignored, else the end. .NET
        // makes an ArgumentOutOfRangeException of the error.
        Assert.SkipUnless(OperatingSystem.IsLinux(), "file lengths are limited by bash, and the signal has another number elsewhere");
        FastActionTokenizer old = FastActionTokenizer.Load(await trained.FolderAsync());
        old.Save(_folder["place/it"]);
        string line = $"{ignoreSignal}ulimit -f 8; exec dotnet {ToolRun.AssemblyPath} train --data {TrainedTokenizer.Recording} "
            + $"--horizon 1s --stride 40 --holdout 0 --vocab-size 400 --output {_folder["place/it"]}";
        var start = new ProcessStartInfo("bash", ["-c", line]) { RedirectStandardError = true, RedirectStandardOutput = true };

        // The runtime maps its code through a long file unless told not to.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        using (Process process = Process.Start(start)!)
        {
            string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(code == process.ExitCode, $"{process.ExitCode}: {error}");
        }

        Assert.Equal(old.Checksum(), FastActionTokenizer.Load(_folder["place/it"]).Checksum());
        if (code == ExitCode.WrongUsage) Assert.Equal(["it"], NamesIn(_folder["place"]));
        old.Save(_folder["place/it"]);
        Assert.Equal(["it"], NamesIn(_folder["place"]));
    }

    // Something of the same kind, which is not what the command would write.
    private async Task PutOldAsync(string line, SmallDisk disk)
    {
        if (line.StartsWith("sweep", StringComparison.Ordinal))
        {
            Directory.CreateDirectory(disk["out"]);
            foreach (string name in SweepFiles.Names) await File.WriteAllTextAsync(Path.Combine(disk["out"], name), $"old {name}");
        }
        else if (line.StartsWith("train", StringComparison.Ordinal) || line.StartsWith("convert", StringComparison.Ordinal))
        {
            FastActionTokenizer.Load(await trained.FolderAsync()).Save(disk["out"]);
        }
        else
        {
            await File.WriteAllTextAsync(disk["out"], "old");
        }
    }

    private async Task<ToolRun> RunAsync(string line, string output)
    {
        string tokenizer = await trained.FolderAsync();
        const int Chunks = 60;
        if (!File.Exists(_folder["x.npy"]))
        {
            const int Values = Chunks * TrainedTokenizer.Horizon * TrainedTokenizer.Dims;
            double[] motion = [.. Enumerable.Range(0, Values).Select(i => Math.Sin(i * 0.7))];
            _folder.WriteArray("x.npy", motion, Chunks, TrainedTokenizer.Horizon, TrainedTokenizer.Dims);
            (await ToolRun.Of("encode", "--tokenizer", tokenizer, "--input", _folder["x.npy"], "--output", _folder["ids.jsonl"]))
                .SucceedsWithNotes();
        }

        return await ToolRun.Of([.. line.Split(' ').Select(word => word switch
        {
            "DATA" => TrainedTokenizer.Recording,
            "TOKENIZER" => tokenizer,
            "ACTIONS" => _folder["x.npy"],
            "IDS" => _folder["ids.jsonl"],
            "OUT" => output,
            _ => word,
        })]);
    }

    private static int PagesOf(string path) => (File.Exists(path) ? [path] : Directory.GetFiles(path))
        .Sum(file => (int)((new FileInfo(file).Length + Page - 1) / Page));

    private static string[] NamesIn(string path) => !Directory.Exists(path)
        ? []
        : [.. Directory.GetFileSystemEntries(path).Select(entry => Path.GetFileName(entry)!).Order(StringComparer.Ordinal)];
}
