namespace Fast.Tokenizer.Interop.Hub;

/// <summary>
/// How files are fetched from the Hugging Face Hub. What is not set comes from the environment, as in Python's <c>huggingface_hub</c>.
/// </summary>
/// <remarks>A class and not a record, so that no generated <c>ToString</c> prints the token.</remarks>
public sealed class HubOptions
{
    /// <summary>A branch, a tag, or a commit of 40 hexadecimal digits. A commit never changes, so it is the choice for a robot.</summary>
    public string Revision { get; init; } = "main";

    /// <summary>Address of the Hub, http or https. Null takes <c>HF_ENDPOINT</c>, else <c>https://huggingface.co</c>.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>
    /// Access token; sent to the endpoint only, never to a host it redirects to. Null takes <c>HF_TOKEN</c>, else the file that
    /// <c>hf auth login</c> writes (<c>HF_TOKEN_PATH</c>, <c>HF_HOME/token</c>); empty sends none.
    /// </summary>
    public string? Token { get; init; }

    /// <summary>Whether only the cache is used and no request is made. Null takes <c>HF_HUB_OFFLINE</c>.</summary>
    public bool? Offline { get; init; }

    /// <summary>
    /// Folder of the cache, shared with Python. Null takes <c>HF_HUB_CACHE</c>, else <c>HF_HOME/hub</c>, else
    /// <c>~/.cache/huggingface/hub</c>.
    /// </summary>
    public string? CacheDirectory { get; init; }

    /// <summary>How long to wait for an answer, and for each further piece of it; above 0.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a request is repeated after a lost connection, a timeout, 408, 429 or 5xx. 0 or more.</summary>
    public int MaxRetries { get; init; } = 4;

    /// <summary>
    /// The wait before the first repetition, 0 or more; doubles each time. A <c>Retry-After</c> of the server goes before it.
    /// </summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Reads an environment variable; null where it is not set. For hosts that keep their settings elsewhere, and for tests.
    /// </summary>
    public Func<string, string?> ReadVariable { get; init; } = Environment.GetEnvironmentVariable;

    internal long MaxFileLength { get; init; } = 256 << 20;

    internal bool SymbolicLinks { get; init; } = true;
}
