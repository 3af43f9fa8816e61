using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TestData = Fast.Tokenizer.Tests.TestData;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>Every C# block of the README is compiled as a program and run, one after the other, in an empty folder.</summary>
[Collection(nameof(WorkingDirectory))]
public sealed partial class ReadmeTests
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    [Fact]
    public void Every_csharp_block_runs()
    {
        string readme = File.ReadAllText(Path.Combine(TestData.RepositoryRoot(), "README.md"));
        string[] blocks = [.. CSharpBlock().Matches(readme).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(blocks);

        string before = Directory.GetCurrentDirectory(), folder = Directory.CreateTempSubdirectory("readme").FullName;
        try
        {
            Directory.SetCurrentDirectory(folder);
            for (int i = 0; i < blocks.Length; i++) Compile($"block{i}", blocks[i]).EntryPoint!.Invoke(null, [Array.Empty<string>()]);
            Assert.True(File.Exists(Path.Combine(folder, "my-tokenizer", "fast_tokenizer.json")), "the README's tokenizer was not saved");
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_speed_it_states_was_measured()
    {
        string stated = SpeedBlock().Match(File.ReadAllText(Path.Combine(TestData.RepositoryRoot(), "README.md"))).Groups[1].Value;
        Assert.Contains("| encode |", stated);
        string[] measured = Directory.GetFiles(Path.Combine(TestData.RepositoryRoot(), "benchmarks", "results"), "*.md");
        Assert.Contains(measured, file => SpeedBlock().Match(File.ReadAllText(file)).Groups[1].Value == stated);
    }

    private static Assembly Compile(string name, string code)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        CSharpCompilation compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(ImplicitUsings), CSharpSyntaxTree.ParseText(code)],
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        using var assembly = new MemoryStream();
        var problems = compilation.Emit(assembly).Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToArray();
        Assert.True(problems.Length == 0, $"{string.Join('\n', problems.Select(problem => problem.ToString()))}\nin\n{code}");
        return Assembly.Load(assembly.ToArray());
    }

    [GeneratedRegex("<!-- begin: speed -->\n(.*?)<!-- end: speed -->", RegexOptions.Singleline)]
    private static partial Regex SpeedBlock();

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();
}
