using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace Fast.Tokenizer.Cli.Tests.PublicApi;

/// <summary>A documentation file, with what <c>inheritdoc</c> stands for in its place.</summary>
internal sealed class XmlDocumentation(string file)
{
    private readonly Dictionary<string, XElement> _members =
        XDocument.Load(file).Descendants("member").ToDictionary(member => (string)member.Attribute("name")!);

    /// <summary>The elements that describe a symbol, its own before those it inherits; null where it is inherited from another assembly,
    /// which documents it.</summary>
    public XElement[]? Of(ISymbol symbol) =>
        symbol.GetDocumentationCommentId() is { } id && _members.TryGetValue(id, out XElement? member) ? Resolve(member, symbol, []) : [];

    private XElement[]? Resolve(XElement member, ISymbol? symbol, HashSet<string> seen)
    {
        if (!seen.Add((string)member.Attribute("name")!)) return [];
        XElement[] own = [.. member.Elements().Where(element => element.Name != "inheritdoc")];
        if (member.Element("inheritdoc") is not { } inherited) return own;

        string? id = (string?)inherited.Attribute("cref");
        ISymbol? source = id is null ? Inherited(symbol) : null;
        id ??= source?.OriginalDefinition.GetDocumentationCommentId();
        if (id is null) return own;
        if (!_members.TryGetValue(id, out XElement? target)) return source is null || IsOwn(source, symbol) ? own : null;
        if (Resolve(target, source, seen) is not { } rest) return null;

        // The one path in use is a kind of element.
        string? kind = ((string?)inherited.Attribute("path"))?.TrimStart('/');
        return [.. own, .. rest.Where(element => kind is null || element.Name == kind)];
    }

    private static bool IsOwn(ISymbol source, ISymbol? symbol) =>
        SymbolEqualityComparer.Default.Equals(source.ContainingAssembly, symbol?.ContainingAssembly);

    private static ISymbol? Inherited(ISymbol? symbol) => symbol switch
    {
        IMethodSymbol { OverriddenMethod: { } method } => method,
        IPropertySymbol { OverriddenProperty: { } property } => property,
        INamedTypeSymbol type => type.BaseType,
        { ContainingType: { } type } => type.AllInterfaces
            .SelectMany(face => face.GetMembers())
            .FirstOrDefault(member => SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(member), symbol)),
        _ => null,
    };
}
