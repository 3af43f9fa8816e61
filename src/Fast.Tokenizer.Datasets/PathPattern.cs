using System.IO.Enumeration;

namespace Fast.Tokenizer.Datasets;

/// <summary>Paths that match a pattern with <c>*</c>, <c>?</c> and, for any depth of folders, <c>**</c>.</summary>
internal static class PathPattern
{
    /// <summary>
    /// The files and folders that a pattern matches, in ordinal order; a path without wildcards, or one that is there as it stands, is
    /// itself.
    /// </summary>
    /// <exception cref="FileNotFoundException">Nothing matches.</exception>
    public static IReadOnlyList<string> Expand(string pattern)
    {
        if (!HasWildcard(pattern) || Path.Exists(pattern)) return [pattern];

        string root = Path.GetPathRoot(pattern) ?? "";
        string[] segments = pattern[root.Length..].Split(
            [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        string[] found = [.. Match(root, segments).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return found.Length > 0 ? found : throw new FileNotFoundException($"no file or folder matches {pattern}", pattern);
    }

    private static bool HasWildcard(string text) => text.AsSpan().ContainsAny('*', '?');

    private static IEnumerable<string> Match(string folder, ReadOnlyMemory<string> segments)
    {
        if (segments.IsEmpty) return [folder];

        string segment = segments.Span[0];
        ReadOnlyMemory<string> rest = segments[1..];
        if (!HasWildcard(segment))
        {
            string next = Path.Combine(folder, segment);
            return Path.Exists(next) ? Match(next, rest) : [];
        }

        if (folder.Length > 0 && !Directory.Exists(folder)) return [];
        IEnumerable<string> entries = Directory.EnumerateFileSystemEntries(folder.Length == 0 ? "." : folder)
            .Select(entry => Path.Combine(folder, Path.GetFileName(entry)));
        return segment == "**"
            ? Match(folder, rest).Concat(entries.Where(IsOwnFolder).SelectMany(entry => Match(entry, segments)))
            : entries.Where(entry => FileSystemName.MatchesSimpleExpression(segment, Path.GetFileName(entry), ignoreCase: false))
                .SelectMany(entry => Match(entry, rest));
    }

    // A link may lead back to where the search came from.
    private static bool IsOwnFolder(string path) => Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null;
}
