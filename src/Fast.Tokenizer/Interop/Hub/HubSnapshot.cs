namespace Fast.Tokenizer.Interop.Hub;

/// <summary>A repository's tokenizer files in the cache, all of one commit.</summary>
/// <param name="Directory">The folder.</param>
/// <param name="Commit">The commit, 40 hexadecimal digits.</param>
/// <param name="IsConfirmed">
/// Whether the revision is known to be this commit now. False where the cache was used unasked, because of offline mode or because the Hub
/// could not be reached: the revision may have moved since.
/// </param>
public sealed record HubSnapshot(string Directory, string Commit, bool IsConfirmed);
