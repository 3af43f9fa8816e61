namespace Fast.Tokenizer.Decoding;

/// <summary>The tokens that do the same in a state, and their places in the row.</summary>
internal readonly record struct TransitionGroup(int Transition, int[] Places);
