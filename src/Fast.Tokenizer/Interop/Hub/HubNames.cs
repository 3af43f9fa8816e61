using System.Text.RegularExpressions;

namespace Fast.Tokenizer.Interop.Hub;

/// <summary>Which names may stand in an address and in a path of the cache.</summary>
internal static partial class HubNames
{
    /// <summary>
    /// Whether a text is a repository name by the Hub's own rules: <c>name</c> or <c>org/name</c>, as <c>huggingface_hub</c> checks it.
    /// </summary>
    public static bool IsRepository(string text) =>
        RepositoryPattern().IsMatch(text)
        && !text.Contains("--", StringComparison.Ordinal)
        && !text.Contains("..", StringComparison.Ordinal)
        && !text.EndsWith(".git", StringComparison.Ordinal);

    /// <summary>
    /// Whether a text is a branch, tag or commit by the rules of git, and a path that stays below its folder on every system.
    /// </summary>
    public static bool IsRevision(string text) =>
        text.Length is > 0 and <= 200
        && !text.Contains("..", StringComparison.Ordinal)
        && !text.Any(c => c <= ' ' || c == '\x7f' || "\\:*?\"<>|~^[".Contains(c, StringComparison.Ordinal))
        && text.Split('/').All(IsRevisionPart);

    private static bool IsRevisionPart(string part) =>
        part.Length > 0 && part[0] is not ('.' or '-') && part[^1] != '.' && !part.EndsWith(".lock", StringComparison.Ordinal);

    /// <summary>Whether a text is a whole commit.</summary>
    public static bool IsCommit(string? text) => text is not null && CommitPattern().IsMatch(text);

    /// <summary>Whether an entity tag may be the name of a file.</summary>
    public static bool IsBlob(string text) => BlobPattern().IsMatch(text);

    [GeneratedRegex(@"^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?/)?[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?\z")]
    private static partial Regex RepositoryPattern();

    [GeneratedRegex(@"^[0-9a-f]{40}\z")]
    private static partial Regex CommitPattern();

    [GeneratedRegex(@"^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}\z")]
    private static partial Regex BlobPattern();
}
