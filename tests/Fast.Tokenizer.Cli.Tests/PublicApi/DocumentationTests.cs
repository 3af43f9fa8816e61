using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace Fast.Tokenizer.Cli.Tests.PublicApi;

/// <summary>What a machine can hold of the documentation: that each public member says what it is, takes, gives and refuses.</summary>
public sealed class DocumentationTests
{
    [Theory]
    [InlineData("Fast.Tokenizer", null)]
    [InlineData("Fast.Tokenizer.Training", "Fast.Tokenizer")]
    [InlineData("Fast.Tokenizer.Datasets", null)]
    public void Says_of_every_public_member_what_it_takes_gives_and_refuses(string name, string? opened)
    {
        var library = new LibrarySource(name, opened);
        var exceptions = new ThrownExceptions(library.Compilation);
        ISymbol[] symbols = [.. library.PublicSymbols()];
        Assert.Contains(symbols, symbol => symbol is IMethodSymbol { Parameters.Length: > 0 } && exceptions.Of(symbol).Count > 0);

        string[] missing = [.. symbols.SelectMany(symbol => Missing(symbol, library, exceptions)
            .Select(what => $"{symbol.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)}: {what}"))];
        Assert.True(missing.Length == 0, $"{missing.Length} are missing:\n{string.Join('\n', missing)}");
    }

    private static IEnumerable<string> Missing(ISymbol symbol, LibrarySource library, ThrownExceptions exceptions)
    {
        if (library.Documentation.Of(symbol) is not { } elements) yield break;
        if (!Has("summary", null, null)) yield return "no summary";
        foreach (ISymbol hidden in elements.DescendantsAndSelf().Select(element => Named(element, library)).OfType<ISymbol>())
            yield return $"names {hidden.Name}, which is not public";

        if (symbol is IMethodSymbol method)
        {
            foreach (IParameterSymbol parameter in method.Parameters.Where(parameter => !Has("param", "name", parameter.Name)))
                yield return $"no param {parameter.Name}";
            foreach (ITypeParameterSymbol parameter in method.TypeParameters.Where(parameter => !Has("typeparam", "name", parameter.Name)))
                yield return $"no typeparam {parameter.Name}";
            bool gives = !method.ReturnsVoid && method.MethodKind != MethodKind.Constructor;
            if (gives && !Has("returns", null, null)) yield return "no returns";
        }

        if (symbol is INamedTypeSymbol) yield break;
        foreach (ITypeSymbol thrown in exceptions.Of(symbol).Where(type => IsToBeNamed(type, library)))
        {
            bool isNamed = ThrownExceptions.Bases(thrown).Any(type => Has("exception", "cref", type.GetDocumentationCommentId()));
            if (!isNamed) yield return $"no exception {thrown.Name}";
        }

        bool Has(string element, string? attribute, string? value) => elements.Any(found =>
            found.Name == element && (attribute is null || (string?)found.Attribute(attribute) == value) && IsSaid(found));
    }

    private static bool IsSaid(XElement element) => element.HasElements || !string.IsNullOrWhiteSpace(element.Value);

    // Of the library itself; what it does not hold is another library's, which documents it.
    private static ISymbol? Named(XElement element, LibrarySource library) =>
        (string?)element.Attribute("cref") is { } id
        && DocumentationCommentId.GetFirstSymbolForDeclarationId(id, library.Compilation) is { } named
        && SymbolEqualityComparer.Default.Equals(named.ContainingAssembly, library.Compilation.Assembly)
        && !LibrarySource.IsVisible(named)
            ? named
            : null;

    // Bad arguments, and what a library has an exception of its own for. That null is refused where the type has no question mark is said
    // by the type.
    private static bool IsToBeNamed(ITypeSymbol type, LibrarySource library) =>
        type.Name != nameof(ArgumentNullException)
        && (ThrownExceptions.Bases(type).Any(at => at.Name == nameof(ArgumentException))
            || SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, library.Compilation.Assembly));
}
