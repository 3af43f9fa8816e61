namespace Fast.Tokenizer.Tests.Interop.Hub;

/// <summary>What the fake Hub was asked.</summary>
internal sealed record HubRequest(string Method, bool IsStorage, string Target, string? Authorization, string? AcceptEncoding);
