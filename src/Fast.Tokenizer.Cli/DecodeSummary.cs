namespace Fast.Tokenizer.Cli;

/// <summary>What <c>decode</c> reports.</summary>
/// <param name="Output">The file written.</param>
/// <param name="Chunks">Chunks written.</param>
/// <param name="Statuses">How many of them decoded whole, and how many had which fault.</param>
internal sealed record DecodeSummary(string Output, int Chunks, IReadOnlyDictionary<string, int> Statuses);
