using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Fast.Tokenizer.Cli.Tests.PublicApi;

/// <summary>The kinds of exception that leave a member, thrown by itself or by members that are not public; read off the source.</summary>
internal sealed class ThrownExceptions(CSharpCompilation compilation)
{
    private readonly Dictionary<ISymbol, HashSet<ITypeSymbol>> _known = new(SymbolEqualityComparer.Default);

    public HashSet<ITypeSymbol> Of(ISymbol member)
    {
        if (_known.TryGetValue(member, out HashSet<ITypeSymbol>? known)) return known;

        // Known from here on, so that members which call each other end.
        HashSet<ITypeSymbol> thrown = _known[member] = new(SymbolEqualityComparer.Default);
        foreach (SyntaxNode code in member.DeclaringSyntaxReferences.SelectMany(reference => CodeOf(reference.GetSyntax())))
        {
            SemanticModel model = compilation.GetSemanticModel(code.SyntaxTree);

            // What a lambda throws is thrown where it is called.
            foreach (SyntaxNode node in code.DescendantNodes(node => node is not AnonymousFunctionExpressionSyntax))
            {
                ITypeSymbol[] caught = [.. CaughtAround(node, code, model)];
                thrown.UnionWith(ThrownAt(node, model).Where(type => !Bases(type).Intersect(caught, SymbolEqualityComparer.Default).Any()));
            }
        }

        return thrown;
    }

    /// <summary>A type and those that it derives from.</summary>
    public static IEnumerable<ITypeSymbol> Bases(ITypeSymbol type)
    {
        for (ITypeSymbol? at = type; at is not null; at = at.BaseType) yield return at;
    }

    // A primary constructor is declared by its type and runs the initializers.
    private static IEnumerable<SyntaxNode> CodeOf(SyntaxNode declaration) => declaration is not TypeDeclarationSyntax type
        ? [declaration]
        : type.Members.SelectMany(member => member switch
        {
            FieldDeclarationSyntax field => [field],
            PropertyDeclarationSyntax { Initializer: { } initializer } => [initializer],
            _ => (SyntaxNode[])[],
        });

    private HashSet<ITypeSymbol> ThrownAt(SyntaxNode node, SemanticModel model)
    {
        ExpressionSyntax? thrown = (node as ThrowStatementSyntax)?.Expression ?? (node as ThrowExpressionSyntax)?.Expression;
        if (thrown is not null) return model.GetTypeInfo(thrown).Type is { } type ? [type] : [];

        if (node is not (InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax or ConstructorInitializerSyntax)) return [];
        if (model.GetSymbolInfo(node).Symbol is not IMethodSymbol method) return [];
        if (SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, compilation.Assembly))
            return LibrarySource.IsVisible(method) ? [] : Of(method.OriginalDefinition);
        bool isThrowHelper = method.Name.StartsWith("ThrowIf", StringComparison.Ordinal)
            && method.ContainingType.Name.EndsWith(nameof(Exception), StringComparison.Ordinal);
        return isThrowHelper ? [method.ContainingType] : [];
    }

    private static IEnumerable<ITypeSymbol> CaughtAround(SyntaxNode node, SyntaxNode code, SemanticModel model) => node.Ancestors()
        .TakeWhile(at => at != code)
        .OfType<TryStatementSyntax>()
        .Where(statement => statement.Block.Span.Contains(node.Span))
        .SelectMany(statement => statement.Catches)
        .SelectMany(clause => clause switch
        {
            // A filter names the kinds that are caught.
            { Filter: { } filter } =>
                filter.DescendantNodes().OfType<SimpleNameSyntax>().Select(name => model.GetSymbolInfo(name).Symbol as ITypeSymbol),
            { Declaration: { } named } => [model.GetTypeInfo(named.Type).Type],
            _ => [model.Compilation.GetTypeByMetadataName(typeof(Exception).FullName!)],
        })
        .OfType<ITypeSymbol>();
}
