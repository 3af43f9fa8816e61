namespace Fast.Tokenizer.Cli;

/// <summary>One token and what it stands for.</summary>
/// <param name="Id">Token id.</param>
/// <param name="Length">Symbols it expands to.</param>
/// <param name="Symbols">Those symbols; coefficients where the alphabet is of integers.</param>
internal sealed record DescribedToken(int Id, int Length, IReadOnlyList<int> Symbols);
