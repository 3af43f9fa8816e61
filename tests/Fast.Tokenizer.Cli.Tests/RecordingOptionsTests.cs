using System.Text.Json.Nodes;
using Fast.Tokenizer.Tests;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>How recordings are read, in every command that reads some.</summary>
public sealed class RecordingOptionsTests : IDisposable
{
    private const string Shard = "bridge_dataset-train.tfrecord-00000-of-00001";
    private const string Damaged = "train-00000[12]";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("train --data DATA --horizon 5 --holdout 0.2 --output OUT")]
    [InlineData("sweep --data DATA --horizon 5 --scale 10 --lambda 0,1")]
    [InlineData("evaluate --tokenizer TOKENIZER --data DATA")]
    [InlineData("verify --tokenizer TOKENIZER --data DATA --max-rmse 1")]
    [InlineData("tokenize --tokenizer TOKENIZER --data DATA --output OUT")]
    [InlineData("convert --tokenizer TOKENIZER --data DATA --alphabet byte-level --output OUT")]
    public async Task A_damaged_episode_stops_the_command_or_is_left_out_and_told(string line)
    {
        string[] args = await ArgumentsAsync(line);
        (await ToolRun.Of(args)).Fails(ExitCode.InvalidData, Shard, "record 12");
        Assert.False(Path.Exists(_folder["out"]));

        ToolRun run = (await ToolRun.Of([.. args, "--skip-bad", "--json"])).SucceedsWithNotes();
        Assert.Contains("fast-tokenizer: episodes left out because they cannot be read: 1\n", run.Error, StringComparison.Ordinal);
        Assert.Contains($"  episode '{Damaged}' of ", run.Error, StringComparison.Ordinal);
        JsonNode bad = Assert.Single(JsonNode.Parse(run.Output)!["bad_episodes"]!.AsArray())!;
        Assert.Equal(Damaged, (string)bad["episode"]!);
        Assert.Contains("record 12", (string)bad["reason"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train --data DATA --horizon 5 --output OUT")]
    [InlineData("sweep --data DATA --horizon 5")]
    [InlineData("evaluate --tokenizer TOKENIZER --data DATA")]
    [InlineData("verify --tokenizer TOKENIZER --data DATA --max-rmse 1")]
    [InlineData("tokenize --tokenizer TOKENIZER --data DATA --output OUT")]
    public async Task Names_that_there_are_not_get_the_nearest(string line)
    {
        string[] args = await ArgumentsAsync(line);
        (await ToolRun.Of([.. args, "--format", "rlsd"])).Fails(ExitCode.WrongUsage, "no format 'rlsd' (did you mean 'rlds'?)", "npz");
        (await ToolRun.Of([.. args, "--action-key", "steps/acton"])).Fails(ExitCode.InvalidData, "did you mean 'steps/action'?");
        (await ToolRun.Of([.. args, "--state-key", "steps/observation/stat"]))
            .Fails(ExitCode.InvalidData, "did you mean 'steps/observation/state'?");
        (await ToolRun.Of([.. args, "--format", "npz"])).Fails(ExitCode.InvalidData);
    }

    // The published bridge shard with a damaged byte in its thirteenth record, and a tokenizer of the whole one.
    private async Task<string[]> ArgumentsAsync(string line)
    {
        string original = TestData.Locate("formats", "rlds_tfrecord_bridge");
        (await ToolRun.Of("train", "--data", original, "--horizon", "5", "--holdout", "0", "--output", _folder["tokenizer"])).Succeeds();
        Directory.CreateDirectory(_folder["data"]);
        foreach (string file in Directory.GetFiles(original)) File.Copy(file, Path.Combine(_folder["data"], Path.GetFileName(file)));
        string shard = Path.Combine(_folder["data"], Shard);
        byte[] bytes = await File.ReadAllBytesAsync(shard, TestContext.Current.CancellationToken);
        const int FrameBytes = 16, HeaderBytes = 12;
        int at = 0;
        for (int i = 0; i < 12; i++) at += FrameBytes + (int)BitConverter.ToInt64(bytes, at);
        bytes[at + HeaderBytes + 1000] ^= 1;
        await File.WriteAllBytesAsync(shard, bytes, TestContext.Current.CancellationToken);
        return [.. line.Split(' ').Select(word => word switch
        {
            "DATA" => _folder["data"],
            "TOKENIZER" => _folder["tokenizer"],
            "OUT" => _folder["out"],
            _ => word,
        })];
    }
}
