using Fast.Tokenizer.Datasets.Tokens;

namespace Fast.Tokenizer.Cli;

/// <summary>What <c>tokenize</c> reports.</summary>
/// <param name="Output">The folder written.</param>
/// <param name="Files">Files of ids in it.</param>
/// <param name="FilesKept">How many of them were there already, from an earlier run.</param>
/// <param name="Episodes">Episodes that chunks were cut from.</param>
/// <param name="SkippedEpisodes">Episodes shorter than the horizon, left out.</param>
/// <param name="Horizon">Time steps in a chunk.</param>
/// <param name="Chunks">Chunks, a row each.</param>
/// <param name="Tokens">Token ids.</param>
/// <param name="MeanTokens">Token ids per chunk.</param>
/// <param name="Clipped">Values that could not be expressed.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record TokenizeSummary(
    string Output,
    int Files,
    int FilesKept,
    int Episodes,
    int SkippedEpisodes,
    int Horizon,
    long Chunks,
    long Tokens,
    double MeanTokens,
    long Clipped,
    double Seconds)
{
    /// <summary>Summarises a run.</summary>
    public static TokenizeSummary Of(DatasetTokenizerResult result, string output, TimeSpan elapsed) => new(
        output,
        result.Files.Count,
        result.FilesKept,
        result.Episodes,
        result.ShortEpisodes,
        result.Horizon,
        result.Chunks,
        result.Tokens,
        (double)result.Tokens / result.Chunks,
        result.Clipped,
        Math.Round(elapsed.TotalSeconds, 3));
}
