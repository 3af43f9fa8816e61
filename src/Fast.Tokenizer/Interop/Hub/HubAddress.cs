using System.Net;

namespace Fast.Tokenizer.Interop.Hub;

/// <summary>Where a file of a repository stands on the Hub, and how messages name it.</summary>
internal sealed record HubAddress(Uri Endpoint, string Repository, string Revision, string File)
{
    /// <summary>
    /// The commit that the revision was found to be, so that all files are of one commit even when the branch moves meanwhile.
    /// </summary>
    public string? Commit { get; init; }

    public Uri Uri => new($"{Endpoint.AbsoluteUri.TrimEnd('/')}/{Repository}/resolve/{Uri.EscapeDataString(Commit ?? Revision)}/{File}");

    public HubException Problem(
        string text, HttpStatusCode? status = null, bool transient = false, TimeSpan? retryAfter = null, Exception? inner = null) =>
        new($"{File} of {Repository}, revision {Revision}: {text}", inner)
        {
            Repository = Repository,
            Revision = Revision,
            File = File,
            StatusCode = status,
            IsTransient = transient,
            RetryAfter = retryAfter,
        };
}
