using System.Globalization;
using System.Net.Http.Headers;

namespace Fast.Tokenizer.Interop.Hub;

/// <summary>What the Hub says of a file. A null value was not said.</summary>
/// <param name="Commit">The commit that the revision is.</param>
/// <param name="ETag">The file's name in the cache: SHA-256 of a large file, git's SHA-1 of another.</param>
/// <param name="Length">Bytes of the file.</param>
internal readonly record struct HubFileInfo(string? Commit, string? ETag, long? Length)
{
    /// <summary>
    /// Adds what one answer of the Hub says. The X-Linked headers are of the file, the others may be of the redirect to it.
    /// </summary>
    public HubFileInfo With(HttpResponseMessage response)
    {
        HttpResponseHeaders headers = response.Headers;
        string? size = First(headers, "X-Linked-Size");
        long? length = long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out long linked) ? linked : null;
        if (response.IsSuccessStatusCode) length ??= response.Content.Headers.ContentLength;
        return new HubFileInfo(
            First(headers, "X-Repo-Commit") ?? Commit,
            Bare(First(headers, "X-Linked-Etag") ?? First(headers, "ETag")) ?? ETag,
            length ?? Length);
    }

    /// <summary>The same, after a check that the answer came from a Hub and holds nothing that could leave the cache.</summary>
    public HubFileInfo Checked(HubAddress address)
    {
        if (!HubNames.IsCommit(Commit))
        {
            throw address.Problem(
                $"{address.Endpoint} does not answer as a Hub, X-Repo-Commit is '{Commit}': check HF_ENDPOINT and the proxy");
        }

        if (address.Commit is not null && address.Commit != Commit)
        {
            throw address.Problem(
                $"{address.Endpoint} was asked for commit {address.Commit} and answers with {Commit}: try again, or check the proxy");
        }

        if (ETag is null || !HubNames.IsBlob(ETag))
        {
            throw address.Problem(
                $"{address.Endpoint} does not answer as a Hub, the entity tag is '{ETag}': check HF_ENDPOINT and the proxy");
        }

        return this;
    }

    private static string? First(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.FirstOrDefault() : null;

    private static string? Bare(string? tag) => (tag?.StartsWith("W/", StringComparison.Ordinal) == true ? tag[2..] : tag)?.Trim('"');
}
