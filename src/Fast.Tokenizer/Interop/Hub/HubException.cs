using System.Net;

namespace Fast.Tokenizer.Interop.Hub;

/// <summary>
/// Thrown when a repository's files cannot be had. The message names the repository, the revision, the file and the remedy.
/// </summary>
public sealed class HubException : IOException
{
    internal HubException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>The repository, <c>org/name</c> or <c>name</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>The revision that was asked for.</summary>
    public required string Revision { get; init; }

    /// <summary>The file, or null where the failure is not of one file.</summary>
    public string? File { get; init; }

    /// <summary>What the server answered, or null where the failure is not an answer.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>Whether the same request may succeed later: the connection was lost, the server was busy or broken.</summary>
    public bool IsTransient { get; init; }

    internal TimeSpan? RetryAfter { get; init; }
}
