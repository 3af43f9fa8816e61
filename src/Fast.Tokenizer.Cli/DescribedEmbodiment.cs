namespace Fast.Tokenizer.Cli;

/// <summary>One of the robots that share a vocabulary, as <c>inspect</c> reports it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Normalization">The normalisation; null where the input is taken as normalised.</param>
/// <param name="Actions">What the actions are.</param>
internal sealed record DescribedEmbodiment(string Name, string? Normalization, ActionMetadata Actions);
