using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace Fast.Tokenizer.Cli.Tests.PublicApi;

/// <summary>What a machine can hold of the documentation: that each public member says what it is, takes, gives and refuses.</summary>
public sealed class DocumentationTests
{
    [Theory]
    [InlineData("Fast.Tokenizer")]
    [InlineData("Fast.Tokenizer.Datasets")]
    public void Says_of_every_public_member_what_it_takes_gives_and_refuses(string name)
    {
        var library = new LibrarySource(name);
        var exceptions = new ThrownExceptions(library.Compilation);
        string[] missing = [.. library.PublicSymbols().SelectMany(symbol => Missing(symbol, library, exceptions)
            .Select(what => $"{symbol.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)}: no {what}"))];
        Assert.True(missing.Length == 0, $"{missing.Length} are missing:\n{string.Join('\n', missing)}");
    }

    private static IEnumerable<string> Missing(ISymbol symbol, LibrarySource library, ThrownExceptions exceptions)
    {
        if (library.Documentation.Of(symbol) is not { } elements) yield break;
        if (!Has("summary", null, null)) yield return "summary";
        if (symbol is IMethodSymbol method)
        {
            foreach (IParameterSymbol parameter in method.Parameters.Where(parameter => !Has("param", "name", parameter.Name)))
                yield return $"param {parameter.Name}";
            foreach (ITypeParameterSymbol parameter in method.TypeParameters.Where(parameter => !Has("typeparam", "name", parameter.Name)))
                yield return $"typeparam {parameter.Name}";
            if (!method.ReturnsVoid && method.MethodKind != MethodKind.Constructor && !Has("returns", null, null)) yield return "returns";
        }

        if (symbol is INamedTypeSymbol) yield break;
        foreach (ITypeSymbol thrown in exceptions.Of(symbol).Where(IsAboutArguments))
        {
            bool named = Bases(thrown).Any(type => Has("exception", "cref", type.GetDocumentationCommentId()));
            if (!named) yield return $"exception {thrown.Name}";
        }

        bool Has(string element, string? attribute, string? value) => elements.Any(found =>
            found.Name == element && (attribute is null || (string?)found.Attribute(attribute) == value) && IsSaid(found));
    }

    private static bool IsSaid(XElement element) => element.HasElements || !string.IsNullOrWhiteSpace(element.Value);

    // That null is refused where the type has no question mark is said by the type.
    private static bool IsAboutArguments(ITypeSymbol type) =>
        type.Name != nameof(ArgumentNullException) && Bases(type).Any(at => at.Name == nameof(ArgumentException));

    private static IEnumerable<ITypeSymbol> Bases(ITypeSymbol type)
    {
        for (ITypeSymbol? at = type; at is not null; at = at.BaseType) yield return at;
    }
}
