using System.Globalization;

namespace Fast.Tokenizer.Cli.Report;

/// <summary>A chunk to show.</summary>
/// <param name="Episode">Name of the episode.</param>
/// <param name="Step">Time step within the episode of the chunk's first row.</param>
/// <param name="Reason">Why it is shown.</param>
internal readonly record struct ChunkPlace(string Episode, int Step, string Reason)
{
    /// <summary>Reads <c>EPISODE:STEP</c>; the name of an episode may hold colons.</summary>
    /// <exception cref="ArgumentException">The text is no place.</exception>
    public static ChunkPlace Parse(string text, string option)
    {
        int colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int step)
            ? new ChunkPlace(text[..colon], step, "chosen")
            : throw new ArgumentException($"{option} {text} is no chunk: give EPISODE:STEP, such as episode_000:120");
    }
}
