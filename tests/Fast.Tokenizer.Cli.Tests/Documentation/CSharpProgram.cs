using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Fast.Tokenizer.Cli.Tests.Documentation;

/// <summary>Compiles a block of C# as a program and runs it in this process.</summary>
internal static class CSharpProgram
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    /// <summary>Runs a program.</summary>
    /// <returns>What it wrote to the console.</returns>
    public static string Run(string code)
    {
        MethodInfo main = Compile(code).EntryPoint!;
        TextWriter console = Console.Out;
        using var output = new StringWriter();
        try
        {
            Console.SetOut(output);
            main.Invoke(null, [Array.Empty<string>()]);
        }
        finally
        {
            Console.SetOut(console);
        }

        return output.ToString();
    }

    private static Assembly Compile(string code)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        CSharpCompilation compilation = CSharpCompilation.Create(
            $"block-{Guid.NewGuid():N}",
            [CSharpSyntaxTree.ParseText(ImplicitUsings), CSharpSyntaxTree.ParseText(code)],
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        using var assembly = new MemoryStream();
        string[] problems = [.. compilation.Emit(assembly).Diagnostics
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(diagnostic => diagnostic.ToString())];
        Assert.True(problems.Length == 0, $"{string.Join('\n', problems)}\nin\n{code}");
        return Assembly.Load(assembly.ToArray());
    }
}
