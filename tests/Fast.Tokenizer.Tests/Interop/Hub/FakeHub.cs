using System.Collections.Concurrent;
using System.Net;
using Fast.Tokenizer.Interop.Hub;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fast.Tokenizer.Tests.Interop.Hub;

/// <summary>
/// A Hub on this machine with one repository: one port is the endpoint, another the storage that large files are redirected to.
/// </summary>
internal sealed class FakeHub : IAsyncDisposable
{
    public const string Repository = "robots/fast-test";

    private readonly WebApplication _server;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fast-tokenizer-hub-");
    private readonly ConcurrentDictionary<string, string> _revisions = new();
    private readonly ConcurrentDictionary<string, Dictionary<string, HubFile>> _commits = new();

    private FakeHub(WebApplication server)
    {
        _server = server;
        _server.Run(AnswerAsync);
    }

    /// <summary>Answers instead of the Hub where it gives true.</summary>
    public Func<HttpContext, HubRequest, Task<bool>> Instead { get; set; } = (_, _) => Task.FromResult(false);

    public ConcurrentQueue<HubRequest> Requests { get; } = new();

    public Uri Endpoint { get; private set; } = null!;

    public Uri Storage { get; private set; } = null!;

    public string CacheDirectory => Path.Combine(_folder.FullName, "cache", "hub");

    public string RepositoryDirectory => Path.Combine(CacheDirectory, "models--robots--fast-test");

    public static async Task<FakeHub> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0);
            options.Listen(IPAddress.Loopback, 0);
        });
        var hub = new FakeHub(builder.Build());
        await hub._server.StartAsync(TestContext.Current.CancellationToken);
        string[] addresses = [.. hub._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        (hub.Endpoint, hub.Storage) = (new Uri(addresses[0]), new Uri(addresses[1]));
        return hub;
    }

    /// <summary>Makes a commit of these files and moves a revision to it.</summary>
    public string Publish(Dictionary<string, HubFile> files, string revision = "main")
    {
        string commit = $"{_commits.Count + 1:x40}";
        _commits[commit] = files;
        _revisions[revision] = commit;
        return commit;
    }

    /// <summary>The two files that every FAST tokenizer has; the larger one is stored outside of git.</summary>
    public static Dictionary<string, HubFile> Published(string content = "published") => new()
    {
        ["processor_config.json"] = HubFile.Small($$"""{"scale": 10, "content": "{{content}}"}"""),
        ["tokenizer.json"] = HubFile.Large(string.Concat(Enumerable.Repeat(content, 20_000))),
    };

    public HubOptions Options(
        string revision = "main", string? token = null, bool? offline = null, double timeout = 10, int retries = 2, long limit = 1 << 20,
        bool links = true, Uri? endpoint = null, Func<string, string?>? variables = null) => new()
        {
            Revision = revision,
            Token = token,
            Offline = offline,
            Timeout = TimeSpan.FromSeconds(timeout),
            MaxRetries = retries,
            RetryDelay = TimeSpan.FromMilliseconds(1),
            MaxFileLength = limit,
            SymbolicLinks = links,
            Endpoint = endpoint ?? Endpoint,
            CacheDirectory = CacheDirectory,
            ReadVariable = variables ?? (name => name is "HOME" or "USERPROFILE" ? _folder.FullName : null),
        };

    public async Task<HubSnapshot> DownloadAsync(
        HubOptions? options = null, IProgress<HubProgress>? progress = null, CancellationToken? cancellation = null)
    {
        using var client = new HubClient(options ?? Options());
        return await client.DownloadAsync(Repository, progress, cancellation ?? TestContext.Current.CancellationToken);
    }

    public Task<HubException> RefusedAsync(HubOptions? options = null) => Assert.ThrowsAsync<HubException>(() => DownloadAsync(options));

    /// <summary>Every file of the cache with what it links to or how long it is, as <c>find</c> would list it.</summary>
    public string[] Listing() =>
        [.. Directory.EnumerateFiles(CacheDirectory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(path => new FileInfo(path))
            .Select(file => Path.GetRelativePath(CacheDirectory, file.FullName)
                + (file.LinkTarget is { } target ? $" -> {target}" : $" {file.Length}"))
            .Order(StringComparer.Ordinal)];

    public int Count(string method, string file) => Requests.Count(
        request => request.Method == method && request.Target.EndsWith("/" + file, StringComparison.Ordinal));

    /// <summary>Stops answering: connections are refused from now on.</summary>
    public Task StopAsync() => _server.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        var seen = new HubRequest(
            request.Method, context.Connection.LocalPort == Storage.Port, context.Features.Get<IHttpRequestFeature>()!.RawTarget,
            request.Headers.Authorization, request.Headers.AcceptEncoding);
        Requests.Enqueue(seen);
        if (await Instead(context, seen)) return;
        if (seen.IsStorage) await StoredAsync(context);
        else await ResolvedAsync(context, seen.Target);
    }

    private async Task ResolvedAsync(HttpContext context, string target)
    {
        string[] parts = target.Trim('/').Split('/');
        if (parts.Length != 5 || $"{parts[0]}/{parts[1]}" != Repository || parts[2] != "resolve")
        {
            Refuse(context, 401, "RepoNotFound");
            return;
        }

        string revision = Uri.UnescapeDataString(parts[3]);
        string commit = _revisions.GetValueOrDefault(revision, revision);
        if (!_commits.TryGetValue(commit, out Dictionary<string, HubFile>? files))
        {
            Refuse(context, 404, "RevisionNotFound");
            return;
        }

        context.Response.Headers["X-Repo-Commit"] = commit;
        if (!files.TryGetValue(parts[4], out HubFile? file)) Refuse(context, 404, "EntryNotFound");
        else if (file.IsLarge) Redirect(context, file);
        else await SendAsync(context, file);
    }

    private void Redirect(HttpContext context, HubFile file)
    {
        HttpResponse response = context.Response;
        response.StatusCode = 302;
        response.Headers.Location = new Uri(Storage, $"/{file.Tag}?signature=once").AbsoluteUri;
        response.Headers.ETag = "W/\"of-the-redirect\"";
        response.Headers["X-Linked-Etag"] = $"\"{file.Tag}\"";
        response.Headers["X-Linked-Size"] = $"{file.Content.Length}";
    }

    private Task StoredAsync(HttpContext context)
    {
        string tag = context.Request.Path.Value!.Trim('/');
        HubFile file = _commits.Values.SelectMany(files => files.Values).First(file => file.Tag == tag);
        return SendAsync(context, file, "of-the-storage");
    }

    public static async Task SendAsync(HttpContext context, HubFile file, string? tag = null)
    {
        context.Response.Headers.ETag = $"\"{tag ?? file.Tag}\"";
        context.Response.ContentLength = file.Content.Length;
        if (context.Request.Method != "HEAD") await context.Response.Body.WriteAsync(file.Content, context.RequestAborted);
    }

    private static void Refuse(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["X-Error-Code"] = code;
    }
}
