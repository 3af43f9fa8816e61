namespace Fast.Tokenizer.Fuzz;

/// <summary>A target broke its contract.</summary>
internal sealed class FuzzFailure(string message, Exception? inner = null) : Exception(message, inner);
