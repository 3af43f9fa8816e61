namespace Fast.Tokenizer.Cli.Tests.Documentation;

/// <summary>A fenced block of a document.</summary>
/// <param name="Language">What stands behind its fence, such as <c>sh</c>; empty where nothing does.</param>
/// <param name="Text">Its lines, each ended by a line feed.</param>
/// <param name="Line">The line of its fence, from 1.</param>
/// <param name="Excuse">The reason of the comment <c>not run</c> above it; null where there is none.</param>
internal sealed record DocumentBlock(string Language, string Text, int Line, string? Excuse);
