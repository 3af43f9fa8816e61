using Fast.Tokenizer.Interop.Hub;

namespace Fast.Tokenizer;

// Loading by name.
public sealed partial class FastActionTokenizer
{
    /// <summary>
    /// Loads a tokenizer from the Hugging Face Hub, such as <c>physical-intelligence/fast</c>, through the cache that Python uses.
    /// </summary>
    /// <param name="repository">The repository, <c>org/name</c> or <c>name</c>.</param>
    /// <param name="options">Revision, endpoint, token, cache; null takes everything from the environment.</param>
    /// <param name="progress">Told of the bytes of each file that is fetched; may be null.</param>
    /// <param name="cancellationToken">Stops the download; nothing half-written stays.</param>
    /// <remarks>
    /// Where the Hub cannot be reached, the copy in the cache is used; <see cref="HubClient"/> tells which of the two it was.
    /// </remarks>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="ArgumentException">The name is not a repository's, or an option or environment variable is not valid.</exception>
    /// <exception cref="HubException">The files cannot be had; the message says why and what to do.</exception>
    /// <exception cref="InvalidDataException">The files are not a tokenizer's, or are damaged.</exception>
    /// <exception cref="OperationCanceledException">The download was stopped.</exception>
    public static async Task<FastActionTokenizer> FromPretrainedAsync(
        string repository,
        HubOptions? options = null,
        IProgress<HubProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        using var client = new HubClient(options);
        HubSnapshot snapshot = await client.DownloadAsync(repository, progress, cancellationToken).ConfigureAwait(false);
        return Load(snapshot.Directory);
    }

    /// <summary>Loads a tokenizer from a folder where there is one of that name, else from the Hugging Face Hub.</summary>
    /// <param name="nameOrFolder">A folder, or a repository as <c>org/name</c>.</param>
    /// <param name="options">Revision, endpoint, token, cache; null takes everything from the environment.</param>
    /// <param name="progress">Told of the bytes of each file that is fetched; may be null.</param>
    /// <param name="cancellationToken">Stops the download; nothing half-written stays.</param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="ArgumentException">The name is empty, or an option or environment variable is not valid.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder, and the name cannot be a repository's.</exception>
    /// <exception cref="HubException">The repository cannot be had; the message says why and what to do.</exception>
    /// <exception cref="InvalidDataException">The files are not a tokenizer's, or are damaged.</exception>
    /// <exception cref="OperationCanceledException">The download was stopped.</exception>
    public static async Task<FastActionTokenizer> LoadOrDownloadAsync(
        string nameOrFolder,
        HubOptions? options = null,
        IProgress<HubProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Load(await TokenizerSource.LocateAsync(nameOrFolder, options, progress, cancellationToken).ConfigureAwait(false));
}
