using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Fast.Tokenizer.Tests;

namespace Fast.Tokenizer.Cli.Tests.Documentation;

/// <summary>Runs commands of a document as a user's shell would, with the built tool in the place of the installed one.</summary>
/// <remarks>
/// <c>fast-tokenizer</c> is the built tool. <c>dotnet</c> builds, installs and downloads nothing: a stand-in writes down what it was asked
/// for, which is then checked against the repository (<see cref="CheckDotnet"/>), and runs what is built already: the tool and the samples.
/// </remarks>
internal sealed partial class Shell : IDisposable
{
    // The first folder of the path is the one of the stand-ins.
    private const string Tool = """
        #!/usr/bin/env bash
        PATH="${PATH#*:}" exec dotnet "$TOOL" "$@"
        """;

    private const string Dotnet = """
        #!/usr/bin/env bash
        if [[ $1 == *.dll ]]; then PATH="${PATH#*:}" exec dotnet "$@"; fi
        printf '%s\n' "$*" >> "$ASKED"
        if [[ "$*" =~ ^run\ .*--project\ src/Fast.Tokenizer.Cli\ --\  ]]; then
            while [ "$1" != -- ]; do shift; done
            shift
            exec fast-tokenizer "$@"
        fi
        if [[ "$*" =~ ^run\ .*--project\ samples/([A-Za-z]+)$ ]]; then
            sample=${BASH_REMATCH[1]} configuration=$(dirname "$TOOL")
            PATH="${PATH#*:}" exec dotnet "$configuration/../../$sample/$(basename "$configuration")/$sample.dll"
        fi
        """;

    private readonly TemporaryFolder _stands = new();
    private readonly string _folder;

    /// <summary>A shell.</summary>
    /// <param name="folder">Where it stands.</param>
    public Shell(string folder)
    {
        _folder = folder;
        foreach ((string name, string script) in new[] { ("fast-tokenizer", Tool), ("dotnet", Dotnet) })
        {
            string path = _stands.Write(name, script.ReplaceLineEndings("\n"));
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public void Dispose() => _stands.Dispose();

    /// <summary>Runs the lines of a block; the first that fails ends it.</summary>
    /// <returns>What was written, standard output and standard error as they came.</returns>
    public async Task<string> RunAsync(string script)
    {
        (int code, string output) = await BashAsync($"set -euo pipefail\n{script}", new Dictionary<string, string>());
        Assert.True(code == 0, $"exit code {code} and\n{output}\nof\n{script}");
        CheckDotnet();
        return output;
    }

    /// <summary>Runs the commands behind the prompts of a block and asserts that they write what it shows.</summary>
    public async Task RunSessionAsync(string session)
    {
        var script = new StringBuilder();
        var shown = new StringBuilder();
        bool goesOn = false;
        foreach (string line in session.TrimEnd('\n').Split('\n'))
        {
            if (goesOn || line.StartsWith("$ ", StringComparison.Ordinal))
            {
                script.Append(goesOn ? line : line[2..]).Append('\n');
                goesOn = line.EndsWith('\\');
            }
            else
            {
                shown.Append(line).Append('\n');
            }
        }

        Assert.True(script.Length > 0, $"no line begins with a prompt in\n{session}");
        (_, string output) = await BashAsync(script.ToString(), new Dictionary<string, string>());
        CheckDotnet();
        ShownOutput.AssertIs(shown.ToString(), output);
    }

    /// <summary>Runs a script of bash.</summary>
    /// <returns>Its exit code, and what it wrote to both streams, in the order it came.</returns>
    public Task<(int Code, string Output)> BashAsync(string script, IReadOnlyDictionary<string, string> environment) =>
        RunBashAsync(script, environment, TestContext.Current.CancellationToken);

    /// <summary>Runs a script of bash that cleans up, also after a test that was cancelled.</summary>
    public Task CleanUpAsync(string script) => RunBashAsync(script, new Dictionary<string, string>(), CancellationToken.None);

    private async Task<(int Code, string Output)> RunBashAsync(
        string script, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"exec 2>&1\n{script}"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = _folder,
            Environment =
            {
                ["PATH"] = $"{_stands.FullPath}:{Environment.GetEnvironmentVariable("PATH")}",
                ["TOOL"] = ToolRun.AssemblyPath,
                ["ASKED"] = _stands["asked"],
                ["HF_HUB_OFFLINE"] = "1",
            },
        };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, output);
    }

    /// <summary>What the stand-in of <c>dotnet</c> was asked for names packages, projects and modes that the repository has.</summary>
    private void CheckDotnet()
    {
        if (!File.Exists(_stands["asked"])) return;
        string root = TestData.RepositoryRoot();
        foreach (string asked in File.ReadAllLines(_stands["asked"]))
        {
            if (Package().Match(asked) is { Success: true } package)
            {
                string id = package.Groups[1].Value, project = Path.Combine(root, "src", id, $"{id}.csproj");
                Assert.True(File.Exists(project), $"dotnet {asked}: there is no package of that name");
                Assert.Equal(asked.StartsWith("tool", StringComparison.Ordinal), File.ReadAllText(project).Contains("PackAsTool"));
            }
            else if (Project().Match(asked) is { Success: true } project)
            {
                Assert.True(Directory.Exists(Path.Combine(root, project.Groups[1].Value)), $"dotnet {asked}: there is no such project");
                if (Benchmark().Match(asked) is { Success: true } mode)
                {
                    string program = File.ReadAllText(Path.Combine(root, "benchmarks", "Fast.Tokenizer.Benchmarks", "Program.cs"));
                    Assert.Contains($"\"{mode.Groups[1].Value}\"", program);
                }
            }
            else
            {
                Assert.Matches("^(new console -o robot|test -c Release)$", asked);
            }
        }

        File.Delete(_stands["asked"]);
    }

    [GeneratedRegex(@"^(?:add (?:robot )?package|tool install)(?: -\S+)* (\S+)$")]
    private static partial Regex Package();

    [GeneratedRegex(@"^(?:run|test|pack)(?: -c Release)?(?: --project)? ((?:src|samples|tests|benchmarks)/\S+)")]
    private static partial Regex Project();

    [GeneratedRegex(@" benchmarks/Fast\.Tokenizer\.Benchmarks -- ([a-z-]+)")]
    private static partial Regex Benchmark();
}
