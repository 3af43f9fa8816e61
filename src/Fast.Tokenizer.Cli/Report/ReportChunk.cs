using Fast.Tokenizer.Fidelity;

namespace Fast.Tokenizer.Cli.Report;

/// <summary>A chunk that the page shows in full.</summary>
/// <param name="Episode">Name of the episode.</param>
/// <param name="Step">Time step within the episode of the chunk's first row.</param>
/// <param name="Reason">Why it is shown.</param>
/// <param name="Trace">The chunk, token by token.</param>
internal sealed record ReportChunk(string Episode, int Step, string Reason, ChunkTrace Trace);
