using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TestData = Fast.Tokenizer.Tests.TestData;

namespace Fast.Tokenizer.Cli.Tests.PublicApi;

/// <summary>A library as the compiler reads it: its source, and the documentation file that is shipped with it.</summary>
internal sealed class LibrarySource
{
    private readonly string _folder;

    /// <summary>Reads a library of this checkout; what its source generators add is left out.</summary>
    /// <param name="name">The library.</param>
    /// <param name="opened">One that shows it its internals, or null: what these throw is thrown by the library.</param>
    public LibrarySource(string name, string? opened)
    {
        _folder = FolderOf(name);
        string[] folders = opened is null ? [_folder] : [_folder, FolderOf(opened)];
        var options = new CSharpParseOptions(LanguageVersion.Preview, DocumentationMode.Parse);
        const string Usings = """
            global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
            global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
            """;
        var trees = folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal)
            .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), options, file))
            .Prepend(CSharpSyntaxTree.ParseText(Usings, options));
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileNameWithoutExtension(path) is var file && file != name && file != opened)
            .Select(path => MetadataReference.CreateFromFile(path));
        Compilation = CSharpCompilation.Create(
            name,
            trees,
            references,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        Documentation = new XmlDocumentation(Path.Combine(AppContext.BaseDirectory, name + ".xml"));
    }

    public CSharpCompilation Compilation { get; }

    public XmlDocumentation Documentation { get; }

    /// <summary>All types and members that a user of the library can name or override, except what the compiler adds.</summary>
    public IEnumerable<ISymbol> PublicSymbols() => TypesOf(Compilation.Assembly.GlobalNamespace)
        .Where(type => IsVisible(type) && type.Locations[0].SourceTree!.FilePath.StartsWith(_folder, StringComparison.Ordinal))
        .SelectMany(type => type.GetMembers().Where(IsDocumented).Prepend(type));

    /// <summary>Whether a user of the library can name it or override it.</summary>
    public static bool IsVisible(ISymbol symbol)
    {
        for (ISymbol? at = symbol; at is not null and not INamespaceSymbol; at = at.ContainingType)
        {
            bool isProtected = at.DeclaredAccessibility is Accessibility.Protected or Accessibility.ProtectedOrInternal;
            if (at.DeclaredAccessibility is not Accessibility.Public && !(isProtected && !at.ContainingType.IsSealed)) return false;
        }

        return true;
    }

    private static string FolderOf(string name) =>
        Path.Combine(TestData.RepositoryRoot(), "src", name) + Path.DirectorySeparatorChar;

    private static IEnumerable<INamedTypeSymbol> TypesOf(INamespaceOrTypeSymbol parent) =>
        parent.GetMembers().SelectMany(member => member switch
        {
            INamespaceSymbol space => TypesOf(space),
            INamedTypeSymbol type => TypesOf(type).Prepend(type),
            _ => [],
        });

    private static bool IsDocumented(ISymbol member) =>
        IsVisible(member)
        && !member.IsImplicitlyDeclared
        && member is not (INamedTypeSymbol or IMethodSymbol { MethodKind: MethodKind.PropertyGet or MethodKind.PropertySet })
        && member is not IMethodSymbol { MethodKind: MethodKind.EventAdd or MethodKind.EventRemove };
}
