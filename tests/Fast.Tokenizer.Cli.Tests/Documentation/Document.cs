using System.Text;
using System.Text.RegularExpressions;
using Fast.Tokenizer.Tests;

namespace Fast.Tokenizer.Cli.Tests.Documentation;

/// <summary>A Markdown file of the repository: its blocks, its headings and its links.</summary>
internal sealed partial class Document
{
    private readonly string[] _lines;

    /// <summary>Reads a document.</summary>
    /// <param name="path">Relative to the repository, with slashes.</param>
    public Document(string path)
    {
        FullPath = Path.Combine(TestData.RepositoryRoot(), path);
        Text = File.ReadAllText(FullPath).ReplaceLineEndings("\n");
        _lines = Text.Split('\n');
        (Blocks, Indented) = FindBlocks();
    }

    public string FullPath { get; }

    public string Text { get; }

    /// <summary>The fenced blocks in their order.</summary>
    public IReadOnlyList<DocumentBlock> Blocks { get; }

    /// <summary>Lines outside of fences that Markdown shows as code, as they begin with four blanks.</summary>
    public IReadOnlyList<int> Indented { get; }

    /// <summary>The anchors of its headings, as GitHub makes them.</summary>
    public IEnumerable<string> Anchors() => _lines.Where(line => line.StartsWith('#')).Select(line =>
        NotInAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    /// <summary>What its links and images point to, outside of blocks.</summary>
    public IEnumerable<string> Links() => Link().Matches(Fence().Replace(Text, "")).Select(match => match.Groups[1].Value);

    private (List<DocumentBlock> Blocks, List<int> Indented) FindBlocks()
    {
        List<DocumentBlock> blocks = [];
        List<int> indented = [];
        for (int i = 0; i < _lines.Length; i++)
        {
            if (_lines[i].StartsWith("    ", StringComparison.Ordinal)) indented.Add(i + 1);
            if (!_lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal)) continue;
            int fence = i;
            var text = new StringBuilder();
            for (i++; _lines[i].Trim() != "```"; i++) text.Append(_lines[i]).Append('\n');
            string above = fence > 0 ? _lines[fence - 1] : "";
            blocks.Add(new DocumentBlock(
                _lines[fence].Trim()[3..],
                text.ToString(),
                fence + 1,
                NotRun().Match(above) is { Success: true } excuse ? excuse.Groups[1].Value : null));
        }

        return (blocks, indented);
    }

    [GeneratedRegex("^<!-- not run: (.+) -->$")]
    private static partial Regex NotRun();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
