using System.Text.RegularExpressions;
using Fast.Tokenizer.Cli.Tests.Cluster;
using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Tests;
using PureHDF;

namespace Fast.Tokenizer.Cli.Tests.Documentation;

/// <summary>Every block of the README and of the packages' own is run, one after the other, as a reader would in an empty folder.</summary>
/// <remarks>
/// The language behind the fence says how: <c>sh</c> runs and succeeds; <c>console</c> runs what stands behind its prompts, and the rest is
/// what that writes; <c>csharp</c> is compiled as a program and runs in the same folder; <c>text</c> is what the block before it wrote, and
/// <c>...</c> in it any lines; <c>yaml</c> is a workflow, whose steps run. <c>python</c>, and <c>yaml</c> that is for no workflow, needs
/// what tests do not install: the comment <c>not run</c> above it gives the reason and names the test that holds what the block says. There
/// is no other kind of block.
/// </remarks>
[Collection(nameof(WorkingDirectory))]
public sealed partial class DocumentationTests
{
    private const string Readme = "README.md";
    private const string Library = "src/Fast.Tokenizer/README.md";
    private const string Training = "src/Fast.Tokenizer.Training/README.md";
    private const string Datasets = "src/Fast.Tokenizer.Datasets/README.md";
    private const string Tool = "src/Fast.Tokenizer.Cli/README.md";
    private const string Cluster = "samples/Cluster/README.md";

    public static TheoryData<string> Documents => [Readme, Library, Training, Datasets, Tool, Cluster];

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task Every_block_runs(string path)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the commands are those of a Unix shell");
        using var folder = new TemporaryFolder();
        using var shell = new Shell(folder.FullPath);
        await PrepareAsync(path, folder, shell);

        string before = Directory.GetCurrentDirectory(), written = "";
        try
        {
            Directory.SetCurrentDirectory(folder.FullPath);
            foreach (DocumentBlock block in new Document(path).Blocks.Where(block => block.Excuse is null))
            {
                switch (block.Language)
                {
                    case "sh": written = await shell.RunAsync(block.Text); break;
                    case "console": await shell.RunSessionAsync(block.Text); break;
                    case "csharp": written = CSharpProgram.Run(block.Text); break;
                    case "text": ShownOutput.AssertIs(block.Text, written); break;
                    case "yaml": await WorkflowSteps.RunAsync(block.Text, shell); break;
                    default: Assert.Fail($"{path}, line {block.Line}: {block.Language} is not run"); break;
                }
            }
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
            // Whatever failed before, no daemon stays.
            if (path == Cluster) await shell.CleanUpAsync("my-vocabulary/loopback/slurm.sh stop my-vocabulary/slurm");
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_block_is_of_a_kind_that_runs_or_says_why_not(string path)
    {
        var document = new Document(path);
        Assert.NotEmpty(document.Blocks);
        Assert.Empty(document.Indented);
        foreach (DocumentBlock block in document.Blocks)
        {
            Assert.Contains(block.Language, (string[])["sh", "console", "csharp", "text", "yaml", "python"]);
            string place = $"{path}, line {block.Line}";
            bool excused = block.Excuse is not null;
            Assert.True(
                block.Language == "python" ? excused : !excused || (block.Language == "yaml" && path == Cluster),
                $"{place}: give the reason why it is not run, or run it");
            if (block.Excuse is not { } excuse) continue;
            Match held = HoldingTest().Match(excuse);
            Assert.True(held.Success, $"{place}: name the test that holds what the block says, as Class.Method");
            string tests = Path.Combine(TestData.RepositoryRoot(), "tests");
            string source = Directory.EnumerateFiles(tests, $"{held.Groups[1].Value}.cs", SearchOption.AllDirectories).Single();
            Assert.Contains($" {held.Groups[2].Value}(", File.ReadAllText(source), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_lead_somewhere(string path)
    {
        var document = new Document(path);
        // Where packages are shown, comments are text.
        if (IsOfPackage(path)) Assert.DoesNotContain("<!--", document.Text, StringComparison.Ordinal);
        foreach (string link in document.Links().Where(link => !link.StartsWith("https://", StringComparison.Ordinal)))
        {
            // A package is shown where the repository's files are not.
            if (IsOfPackage(path)) Assert.StartsWith("#", link, StringComparison.Ordinal);
            (string file, string anchor) = link.Split('#') is [string before, string after] ? (before, after) : (link, "");
            string root = TestData.RepositoryRoot();
            string full = Path.GetFullPath(Path.Combine(root, file.Length == 0 ? path : Path.Combine(Path.GetDirectoryName(path)!, file)));
            Assert.True(File.Exists(full) || Directory.Exists(full), $"{path}: {link} leads nowhere");
            if (anchor.Length > 0) Assert.Contains(anchor, new Document(Path.GetRelativePath(root, full)).Anchors());
        }
    }

    [Fact]
    public void Each_way_in_which_tokens_are_no_chunk_is_explained()
    {
        string[] explained = [.. ExplainedMessage().Matches(new Document(Library).Text).Select(match => match.Groups[1].Value)];
        string[] messages =
        [
            .. Enum.GetValues<DecodeStatus>().Where(status => status != DecodeStatus.Complete).Select(status =>
                new ActionDecodeException(new DecodeResult(status, 1, 0), new ActionShape(20, 2), [7]).Message),
        ];
        Assert.Equal(messages.Length, explained.Length);
        Assert.All(messages, message => Assert.Single(explained, text => message.EndsWith(text, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_speed_it_states_was_measured()
    {
        string stated = SpeedBlock().Match(new Document(Readme).Text).Groups[1].Value;
        Assert.Contains("| encode |", stated);
        string[] measured = Directory.GetFiles(Path.Combine(TestData.RepositoryRoot(), "benchmarks", "results"), "*.md");
        Assert.Contains(measured, file => SpeedBlock().Match(File.ReadAllText(file)).Groups[1].Value == stated);
    }

    private static bool IsOfPackage(string path) => path.StartsWith("src/", StringComparison.Ordinal);

    // What a document says is there already.
    private static async Task PrepareAsync(string path, TemporaryFolder folder, Shell shell)
    {
        if (path == Cluster)
        {
            InstalledCommands.RequireParallel();
            InstalledCommands.RequireSlurm();
            Directory.CreateSymbolicLink(folder["samples"], Path.Combine(TestData.RepositoryRoot(), "samples"));
        }

        if (path == Datasets)
        {
            LinkRecordings(folder);
            await WriteLeRobotVersion3Async(folder["lerobot_v3"]);
            WriteAloha(folder["aloha"]);
        }

        if (path is not (Tool or Datasets)) return;

        // The recording and the tokenizer of the tutorial.
        var tutorial = new Document(Readme).Blocks.Where(block => block.Text.Contains("episodes.csv", StringComparison.Ordinal));
        foreach (DocumentBlock block in tutorial.Take(2)) await shell.RunAsync(block.Text);
    }

    private static void LinkRecordings(TemporaryFolder folder)
    {
        foreach ((string name, string[] parts) in new (string, string[])[]
        {
            ("episodes.npz", ["actions", "bridge.npz"]),
            ("episodes.json", ["actions", "bridge.json"]),
            ("states.npz", ["states", "bridge.npz"]),
            ("franka", ["formats", "lerobot_v2.1_franka"]),
            ("gr1", ["formats", "lerobot_v2.0_gr1"]),
            ("demo.hdf5", ["formats", "hdf5_robomimic", "lift", "panda", "demo.hdf5"]),
            ("bridge_dataset", ["formats", "rlds_tfrecord_bridge"]),
            ("aloha_arrow", ["formats", "arrow_aloha"]),
        })
        {
            string target = TestData.Locate(parts);
            if (Directory.Exists(target)) Directory.CreateSymbolicLink(folder[name], target);
            else File.CreateSymbolicLink(folder[name], target);
        }
    }

    // Of these two there is no recording in the test data: they are written as their projects write them.
    private static async Task WriteLeRobotVersion3Async(string path)
    {
        const int Episodes = 3, Steps = 120, Dimensions = 2;
        var folder = new LeRobotFolder(path);
        folder.WriteInfo("v3.0", Episodes, Dimensions);
        float[] actions =
            [.. Enumerable.Range(0, Episodes).SelectMany(seed => Motion.Episode(Steps, Dimensions, seed)).Select(value => (float)value)];
        Directory.CreateDirectory(Path.GetDirectoryName(folder.DataFile(0, 0, isVersion3: true))!);
        Directory.CreateDirectory(Path.GetDirectoryName(folder.EpisodesFile)!);
        await LeRobotFolder.Table(actions, actions, Dimensions, 0, 0, Steps, Steps, Steps)
            .WriteAsync(folder.DataFile(0, 0, isVersion3: true));
        await LeRobotFolder
            .Episodes([.. Enumerable.Range(0, Episodes).Select(i => ((long)i, (long)Steps, 0L, 0L, (long)i * Steps, (i + 1L) * Steps))])
            .WriteAsync(folder.EpisodesFile);
    }

    private static void WriteAloha(string path)
    {
        const int Episodes = 3, Steps = 120, Dimensions = 2;
        Directory.CreateDirectory(path);
        for (int i = 0; i < Episodes; i++)
        {
            var actions = new float[Steps, Dimensions];
            double[] motion = Motion.Episode(Steps, Dimensions, i);
            for (int j = 0; j < motion.Length; j++) actions[j / Dimensions, j % Dimensions] = (float)motion[j];
            var file = new H5File { ["action"] = actions, ["observations"] = new H5Group { ["qpos"] = actions } };
            file.Write(Path.Combine(path, $"episode_{i}.hdf5"));
        }
    }

    [GeneratedRegex("<!-- begin: speed -->\n(.*?)<!-- end: speed -->", RegexOptions.Singleline)]
    private static partial Regex SpeedBlock();

    [GeneratedRegex(@"^\| `\.\.\. (.+?)` \|", RegexOptions.Multiline)]
    private static partial Regex ExplainedMessage();

    [GeneratedRegex(@"(\w+Tests)\.(\w+)")]
    private static partial Regex HoldingTest();
}
