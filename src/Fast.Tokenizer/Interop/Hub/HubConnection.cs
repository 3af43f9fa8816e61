using System.Net;
using System.Net.Http.Headers;

namespace Fast.Tokenizer.Interop.Hub;

/// <summary>
/// Asks the Hub: follows redirects, keeps the token at home, repeats what may succeed later, and names what an answer means.
/// </summary>
internal sealed class HubConnection : IDisposable
{
    private const int MaxRedirects = 5;

    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(60);

    private readonly HubSettings _settings;
    private readonly HttpClient _http;

    public HubConnection(HubSettings settings)
    {
        _settings = settings;
        // Redirects are followed here, because the answers on the way say what the file is and the token must not leave the endpoint.
        // Nothing is decompressed: sizes and hashes are of the bytes as they are stored.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Asks what a file is. Null where there is no such file; without an entity tag where the server does not know HEAD.</summary>
    public Task<HubFileInfo?> HeadAsync(HubAddress address, bool once, CancellationToken cancellationToken) =>
        RepeatAsync<HubFileInfo?>(address, once, async deadline =>
        {
            (HttpResponseMessage response, HubFileInfo info) = await SendAsync(HttpMethod.Head, address, deadline).ConfigureAwait(false);
            using (response)
            {
                if (response.StatusCode is HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented) return default(HubFileInfo);
                return response.StatusCode == HttpStatusCode.NotFound ? null : info.Checked(address);
            }
        }, cancellationToken);

    /// <summary>Fetches a file into the cache, or only says what it is where the cache has it. Null where there is no such file.</summary>
    public Task<HubFileInfo?> GetAsync(
        HubAddress address, HubCache cache, bool once, IProgress<HubProgress>? progress, CancellationToken cancellationToken) =>
        RepeatAsync<HubFileInfo?>(address, once, async deadline =>
        {
            (HttpResponseMessage response, HubFileInfo info) = await SendAsync(HttpMethod.Get, address, deadline).ConfigureAwait(false);
            using (response)
            {
                if (response.StatusCode == HttpStatusCode.NotFound) return null;
                info = info.Checked(address);
                if (!cache.HasBlob(info))
                {
                    using HubBlob blob = cache.NewBlob(info.ETag!);
                    var download = new HubDownload(address, info, _settings.Options, progress);
                    await download.SaveAsync(response, blob, deadline).ConfigureAwait(false);
                }

                return info;
            }
        }, cancellationToken);

    private async Task<T> RepeatAsync<T>(
        HubAddress address, bool once, Func<CancellationTokenSource, Task<T>> exchange, CancellationToken cancellationToken)
    {
        HubOptions options = _settings.Options;
        TimeSpan delay = options.RetryDelay;
        for (int left = once ? 0 : options.MaxRetries; ; left--)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            HubException problem;
            try
            {
                return await exchange(deadline).ConfigureAwait(false);
            }
            catch (HubException answer) when (answer.IsTransient)
            {
                problem = answer;
            }
            catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
            {
                problem = address.Problem(
                    $"no answer within {options.Timeout.TotalSeconds:0.###} s: check the connection", transient: true, inner: late);
            }
            catch (Exception lost) when (lost is HttpRequestException or HttpIOException)
            {
                problem = address.Problem(
                    $"the connection failed: {lost.Message} Check the network, the proxy and HF_ENDPOINT ({_settings.Endpoint})",
                    transient: true,
                    inner: lost);
            }

            TimeSpan wait = problem.RetryAfter ?? delay;
            if (left == 0 || wait > _longestWait) throw problem;
            await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
            delay = TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, _longestWait.Ticks));
        }
    }

    // Gives a success, a 404 for a missing file, a redirect to another host for HEAD, or that HEAD is not known; throws on everything else.
    private async Task<(HttpResponseMessage Response, HubFileInfo Info)> SendAsync(
        HttpMethod method, HubAddress address, CancellationTokenSource deadline)
    {
        HubFileInfo info = default;
        Uri uri = address.Uri;
        bool atHome = true;
        for (int hop = 0; hop <= MaxRedirects; hop++)
        {
            deadline.CancelAfter(_settings.Options.Timeout);
            using HttpRequestMessage request = Request(method, uri, withToken: atHome);
            HttpResponseMessage response = await _http
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
            // Another host's tag and length are of its own making.
            if (atHome) info = info.With(response);
            HttpStatusCode status = response.StatusCode;
            if ((int)status is < 300 or > 399)
            {
                if (!IsAnswer(response, method, atHome)) using (response) throw Refusal(response, address, uri, atHome);
                return (response, info);
            }

            Uri next = Target(response, address, uri);
            bool leaves = !IsSameOrigin(next, uri);
            if (leaves && method == HttpMethod.Head) return (response, info);
            response.Dispose();
            atHome &= !leaves;
            uri = next;
        }

        throw address.Problem($"more than {MaxRedirects} redirects, the last to {uri.Authority}: check HF_ENDPOINT and the proxy");
    }

    private HttpRequestMessage Request(HttpMethod method, Uri uri, bool withToken)
    {
        var request = new HttpRequestMessage(method, uri);
        request.Headers.AcceptEncoding.ParseAdd("identity");
        request.Headers.UserAgent.ParseAdd("fast-tokenizer");
        if (withToken && _settings.Token is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    private static Uri Target(HttpResponseMessage redirect, HubAddress address, Uri uri)
    {
        if (redirect.Headers.Location is not { } location || !Uri.TryCreate(uri, location, out Uri? target))
            throw address.Problem($"{uri.Authority} redirects to nowhere: check HF_ENDPOINT and the proxy", redirect.StatusCode);
        return target.Scheme == Uri.UriSchemeHttps || target.Scheme == uri.Scheme
            ? target
            : throw address.Problem(
                $"{uri.Authority} redirects to {target.Scheme}, which is not safe: check HF_ENDPOINT and the proxy", redirect.StatusCode);
    }

    private static bool IsSameOrigin(Uri left, Uri right) => left.Scheme == right.Scheme && left.Authority == right.Authority;

    private static string? ErrorCode(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("X-Error-Code", out HeaderStringValues codes) ? codes.FirstOrDefault() : null;

    private static bool IsAnswer(HttpResponseMessage response, HttpMethod method, bool atHome) => response.StatusCode switch
    {
        HttpStatusCode.OK => true,
        HttpStatusCode.NotFound => atHome && ErrorCode(response) is null or "EntryNotFound",
        HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented => method == HttpMethod.Head,
        _ => false,
    };

    private HubException Refusal(HttpResponseMessage response, HubAddress address, Uri uri, bool atHome)
    {
        HttpStatusCode status = response.StatusCode;
        string answer = $"{uri.Authority} answers {(int)status}";
        // A storage address is signed for a short time, so asking the Hub for a new one is the cure.
        if (!atHome) return address.Problem($"{answer}, the storage that the Hub redirects to: try again later", status, transient: true);
        return (status, ErrorCode(response)) switch
        {
            (HttpStatusCode.Unauthorized, _) => address.Problem(_settings.Token is null
                ? $"{answer}: the repository does not exist, or is private and needs a token; check the name, or set HF_TOKEN"
                : $"{answer}: the repository does not exist, or the token is not valid for it; check the name and HF_TOKEN", status),
            (HttpStatusCode.Forbidden, _) => address.Problem(
                $"{answer}: access is not granted; accept the licence at {_settings.Endpoint}{address.Repository} "
                + "and set HF_TOKEN to a token that may read it",
                status),
            (HttpStatusCode.NotFound, "RevisionNotFound") => address.Problem(
                $"{answer}: there is no such revision; check its name", status),
            (HttpStatusCode.NotFound, _) => address.Problem(
                $"{answer}: there is no such repository, or it is private; check the name, or set HF_TOKEN", status),
            (HttpStatusCode.TooManyRequests, _) => address.Problem(
                $"{answer}, too many requests{Wait(response)}: try again later, or set HF_TOKEN for a higher limit",
                status,
                transient: true,
                RetryAfter(response)),
            (HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError, _) => address.Problem(
                $"{answer}, the server is not well{Wait(response)}: try again later", status, transient: true, RetryAfter(response)),
            _ => address.Problem($"{answer}, which is not expected: check HF_ENDPOINT and the proxy", status),
        };
    }

    private static string Wait(HttpResponseMessage response) =>
        RetryAfter(response) is { } wait ? $", it asks to wait {wait.TotalSeconds:0} s" : "";

    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > DateTimeOffset.UtcNow ? date - DateTimeOffset.UtcNow : TimeSpan.Zero,
        _ => null,
    };
}
