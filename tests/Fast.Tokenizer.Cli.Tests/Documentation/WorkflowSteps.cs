using System.Text.RegularExpressions;
using Fast.Tokenizer.Tests;
using YamlDotNet.RepresentationModel;

namespace Fast.Tokenizer.Cli.Tests.Documentation;

/// <summary>Runs the steps of a workflow that a document shows: those of this repository's action by the action's own script.</summary>
internal static partial class WorkflowSteps
{
    private const string Action = "/.github/actions/verify-tokenizer@";

    /// <summary>Parses the workflow and runs it.</summary>
    /// <param name="yaml">The workflow.</param>
    /// <param name="shell">Runs the steps.</param>
    public static async Task RunAsync(string yaml, Shell shell)
    {
        int verified = 0;
        var jobs = (YamlMappingNode)Parse(yaml)["jobs"];
        foreach (YamlNode step in jobs.Children.Values.SelectMany(job => (YamlSequenceNode)job["steps"]))
        {
            var fields = (YamlMappingNode)step;
            if (Text(fields, "run") is { } script)
            {
                await shell.RunAsync(script);
            }
            else if (Text(fields, "uses")!.Contains(Action, StringComparison.Ordinal))
            {
                await VerifyAsync(fields, shell);
                verified++;
            }
            else
            {
                // The version that this repository's own workflows use, which dependabot looks after.
                string workflows = string.Concat(
                    Directory.EnumerateFiles(Path.Combine(Root, ".github", "workflows")).Select(File.ReadAllText));
                Assert.Contains($"uses: {Text(fields, "uses")}\n", workflows, StringComparison.Ordinal);
            }
        }

        Assert.NotEqual(0, verified);
    }

    private static string Root => TestData.RepositoryRoot();

    private static async Task VerifyAsync(YamlMappingNode step, Shell shell)
    {
        string folder = Path.Combine(Root, ".github", "actions", "verify-tokenizer");
        YamlMappingNode action = Parse(File.ReadAllText(Path.Combine(folder, "action.yml")));
        var inputs = ((YamlMappingNode)action["inputs"]).Children.ToDictionary(
            input => input.Key.ToString(), input => Text((YamlMappingNode)input.Value, "default"));
        var given = ((YamlMappingNode)step["with"]).Children.ToDictionary(input => input.Key.ToString(), input => input.Value.ToString());
        Assert.Empty(given.Keys.Except(inputs.Keys));

        var steps = ((YamlSequenceNode)action["runs"]["steps"]).Cast<YamlMappingNode>();
        YamlMappingNode verify = steps.Single(node => Text(node, "id") == "verify");
        Dictionary<string, string> environment = new() { ["GITHUB_OUTPUT"] = "/dev/null", ["GITHUB_STEP_SUMMARY"] = "/dev/null" };
        foreach ((YamlNode name, YamlNode value) in ((YamlMappingNode)verify["env"]).Children)
        {
            if (Input().Match(value.ToString()) is not { Success: true } input) continue;
            string key = input.Groups[1].Value;
            string? text = given.GetValueOrDefault(key) ?? inputs[key];
            Assert.True(text is not null, $"the action's input {key} is required");
            environment[name.ToString()] = text;
        }

        (int code, string output) = await shell.BashAsync($"exec bash '{folder}/verify.sh'", environment);
        Assert.True(code == 0, output);
        Assert.Contains(" kept", output);
    }

    private static YamlMappingNode Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    private static string? Text(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) ? value.ToString() : null;

    [GeneratedRegex(@"^\$\{\{ inputs\.([a-z-]+) \}\}$")]
    private static partial Regex Input();
}
