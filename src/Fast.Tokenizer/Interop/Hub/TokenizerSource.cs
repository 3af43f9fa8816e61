using System.Net;

namespace Fast.Tokenizer.Interop.Hub;

/// <summary>Finds a tokenizer by what a person types: a folder on this machine, or a repository of the Hugging Face Hub.</summary>
public static class TokenizerSource
{
    /// <summary>Gives the folder that a name stands for, after downloading it where it is a repository.</summary>
    /// <param name="nameOrFolder">A folder, which wins where it exists; else a repository as <c>org/name</c>.</param>
    /// <param name="options">How to fetch; null takes everything from the environment.</param>
    /// <param name="progress">Told of the bytes of each file that is fetched; may be null.</param>
    /// <param name="cancellationToken">Stops the download.</param>
    /// <returns>
    /// A folder for <see cref="FastActionTokenizer.Load"/>: the name itself where it is one, and only that method finds what a save that was
    /// killed left of it.
    /// </returns>
    /// <exception cref="ArgumentException">The name is empty, or an option or environment variable is not valid.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder, and the name cannot be a repository's.</exception>
    /// <exception cref="HubException">The repository cannot be had; the message says why and what to do.</exception>
    /// <exception cref="OperationCanceledException">The download was stopped.</exception>
    public static async Task<string> LocateAsync(
        string nameOrFolder,
        HubOptions? options = null,
        IProgress<HubProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(nameOrFolder);
        if (ReplacedDirectory.Find(nameOrFolder) is not null) return nameOrFolder;
        if (File.Exists(nameOrFolder)) throw new DirectoryNotFoundException($"{nameOrFolder} is a file: a tokenizer is a folder");
        if (!nameOrFolder.Contains('/', StringComparison.Ordinal) || !HubNames.IsRepository(nameOrFolder))
        {
            throw new DirectoryNotFoundException(
                $"there is no tokenizer folder {nameOrFolder}, and it is not a repository's name (org/name) either");
        }

        using var client = new HubClient(options);
        try
        {
            return (await client.DownloadAsync(nameOrFolder, progress, cancellationToken).ConfigureAwait(false)).Directory;
        }
        catch (HubException problem) when (problem.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.NotFound)
        {
            // Most often it is a folder with a typing error in it.
            throw new HubException($"there is no folder {nameOrFolder} here, and on the Hub: {problem.Message}", problem)
            {
                Repository = problem.Repository,
                Revision = problem.Revision,
                File = problem.File,
                StatusCode = problem.StatusCode,
            };
        }
    }
}
