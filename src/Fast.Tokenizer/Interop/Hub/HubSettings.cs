namespace Fast.Tokenizer.Interop.Hub;

/// <summary>Options with the environment filled in.</summary>
/// <remarks>
/// Names, defaults and precedence are those of <c>huggingface_hub/constants.py</c> and <c>utils/_auth.py</c>, so that both use one cache.
/// </remarks>
internal sealed class HubSettings
{
    private readonly Func<string, string?> _read;

    public HubSettings(HubOptions options)
    {
        _read = options.ReadVariable;
        Options = options;
        if (!HubNames.IsRevision(options.Revision))
        {
            throw new ArgumentException(
                $"the revision '{options.Revision}' is not the name of a branch or tag, nor a commit", nameof(options));
        }

        if (options.Timeout <= TimeSpan.Zero)
            throw new ArgumentException($"a timeout of {options.Timeout} is not a positive length of time", nameof(options));
        if (options.MaxRetries < 0) throw new ArgumentException($"{options.MaxRetries} retries: 0 or more are possible", nameof(options));
        if (options.RetryDelay < TimeSpan.Zero)
            throw new ArgumentException($"a retry delay of {options.RetryDelay} is negative", nameof(options));

        string home = Expand(Read("HF_HOME") ?? Path.Combine(Read("XDG_CACHE_HOME") ?? "~/.cache", "huggingface"));
        Endpoint = CheckedEndpoint(options.Endpoint?.OriginalString ?? Read("HF_ENDPOINT") ?? "https://huggingface.co");
        Offline = options.Offline ?? (IsTrue("HF_HUB_OFFLINE") || IsTrue("TRANSFORMERS_OFFLINE"));
        CacheDirectory = Path.GetFullPath(
            options.CacheDirectory ?? Expand(Read("HF_HUB_CACHE") ?? Read("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(home, "hub")));
        Token = CheckedToken(options.Token ?? ImplicitToken(home));
    }

    public HubOptions Options { get; }

    public Uri Endpoint { get; }

    public string? Token { get; }

    public bool Offline { get; }

    public string CacheDirectory { get; }

    private string? Read(string name) => _read(name) is { Length: > 0 } value ? value : null;

    private bool IsTrue(string name) => Read(name)?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    private string Expand(string path) =>
        path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
            ? Path.Join(UserDirectory(), path[1..])
            : path;

    private string UserDirectory() =>
        Read(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private string? ImplicitToken(string home)
    {
        if (IsTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN")) return null;
        if ((Read("HF_TOKEN") ?? Read("HUGGING_FACE_HUB_TOKEN")) is { } token) return token;
        string path = Expand(Read("HF_TOKEN_PATH") ?? Path.Combine(home, "token"));
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    private static string? CheckedToken(string? token)
    {
        token = token?.Trim();
        if (string.IsNullOrEmpty(token)) return null;
        // The token itself must not get into a log.
        return token.All(c => c is > ' ' and <= '~')
            ? token
            : throw new ArgumentException("the access token holds a character that no token has: set HF_TOKEN to the token alone");
    }

    private static Uri CheckedEndpoint(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
        && uri.UserInfo.Length + uri.Query.Length + uri.Fragment.Length == 0
            ? uri
            : throw new ArgumentException(
                "the Hub's endpoint is not a plain http or https address: set HF_ENDPOINT to one such as https://huggingface.co");
}
