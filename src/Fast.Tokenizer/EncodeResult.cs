namespace Fast.Tokenizer;

/// <summary>What an encode gave.</summary>
/// <param name="Count">Token ids written.</param>
/// <param name="Clipped">
/// Values that lay outside what the tokenizer can express and were moved to the nearest it can: 0 for a faithful encode.
/// </param>
public readonly record struct EncodeResult(int Count, int Clipped);
