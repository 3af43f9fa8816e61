namespace Fast.Tokenizer.Cli;

/// <summary>What <c>encode</c> reports.</summary>
/// <param name="Output">The file written.</param>
/// <param name="Chunks">Chunks, a line each.</param>
/// <param name="Tokens">Token ids.</param>
/// <param name="Clipped">Values that could not be expressed.</param>
/// <param name="ClippedChunks">Chunks that hold one.</param>
internal sealed record EncodeSummary(string Output, int Chunks, long Tokens, long Clipped, int ClippedChunks);
