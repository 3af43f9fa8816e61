using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Fast.Tokenizer.Cli.Tests.PublicApi;

/// <summary>The kinds of exception that a member throws itself or through members that are not public, read off the source.</summary>
internal sealed class ThrownExceptions(CSharpCompilation compilation)
{
    private readonly Dictionary<ISymbol, (HashSet<ITypeSymbol> Thrown, HashSet<ISymbol> Called)> _bodies = new(SymbolEqualityComparer.Default);

    public IReadOnlyCollection<ITypeSymbol> Of(ISymbol member)
    {
        var thrown = new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default);
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default) { member };
        var open = new Queue<ISymbol>(seen);
        while (open.TryDequeue(out ISymbol? at))
        {
            (HashSet<ITypeSymbol> own, HashSet<ISymbol> called) = Body(at);
            thrown.UnionWith(own);
            foreach (ISymbol next in called.Where(seen.Add)) open.Enqueue(next);
        }

        return thrown;
    }

    private (HashSet<ITypeSymbol> Thrown, HashSet<ISymbol> Called) Body(ISymbol member)
    {
        if (_bodies.TryGetValue(member, out var known)) return known;
        var thrown = new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default);
        var called = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (SyntaxReference reference in member.DeclaringSyntaxReferences)
        {
            SyntaxNode declaration = reference.GetSyntax();
            SemanticModel model = compilation.GetSemanticModel(declaration.SyntaxTree);

            // What a lambda or a handled block throws need not leave the member.
            foreach (SyntaxNode node in declaration.DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or TypeDeclarationSyntax) || node == declaration))
            {
                if (node is ThrowStatementSyntax { Expression: { } statement } && model.GetTypeInfo(statement).Type is { } what) thrown.Add(what);
                if (node is ThrowExpressionSyntax expression && model.GetTypeInfo(expression.Expression).Type is { } kind) thrown.Add(kind);
                if (node is not InvocationExpressionSyntax invocation || model.GetSymbolInfo(invocation).Symbol is not IMethodSymbol method) continue;
                if (method.Name.StartsWith("ThrowIf", StringComparison.Ordinal)) thrown.Add(method.ContainingType);
                if (Follows(method)) called.Add(method.OriginalDefinition);
            }
        }

        return _bodies[member] = (thrown, called);
    }

    private bool Follows(IMethodSymbol method) =>
        SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, compilation.Assembly)
        && (method.DeclaredAccessibility is not Accessibility.Public || method.ContainingType.DeclaredAccessibility is not Accessibility.Public);
}
