namespace Fast.Tokenizer.Cli;

/// <summary>What <c>report</c> says of itself; the figures are in the page.</summary>
/// <param name="Output">The page written.</param>
/// <param name="Chunks">Chunks that were evaluated.</param>
/// <param name="Episodes">Episodes read, those that were left out included.</param>
/// <param name="SkippedEpisodes">Episodes that were shorter than a chunk.</param>
internal sealed record ReportSummary(string Output, long Chunks, int Episodes, int SkippedEpisodes);
