namespace Fast.Tokenizer.Interop;

/// <summary>What a parser found in the ids that a model generated.</summary>
/// <param name="Status">Complete, or what is wrong.</param>
/// <param name="Count">Number of action tokens written: all of them, or those before the fault.</param>
/// <param name="Position">
/// Index among the model ids: of the closing <c>|</c> where the actions are whole, of the id at fault, or the number of ids where they
/// end too soon.
/// </param>
public readonly record struct ActionPromptResult(ActionPromptStatus Status, int Count, int Position)
{
    /// <summary>Whether the actions are whole.</summary>
    public bool IsComplete => Status == ActionPromptStatus.Complete;
}
