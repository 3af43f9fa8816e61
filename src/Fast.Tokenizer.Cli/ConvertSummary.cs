namespace Fast.Tokenizer.Cli;

/// <summary>What <c>convert</c> reports.</summary>
/// <param name="Output">The folder written.</param>
/// <param name="VocabularySize">Token ids.</param>
/// <param name="Checksum">What tells the tokenizer from others.</param>
internal sealed record ConvertSummary(string Output, int VocabularySize, string Checksum);
