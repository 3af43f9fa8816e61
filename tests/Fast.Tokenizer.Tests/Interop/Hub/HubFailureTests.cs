using System.Diagnostics;
using System.Net;
using Fast.Tokenizer.Interop.Hub;
using Microsoft.AspNetCore.Http;

namespace Fast.Tokenizer.Tests.Interop.Hub;

public sealed class HubFailureTests
{
    [Theory]
    [InlineData(401, "RepoNotFound", "set HF_TOKEN")]
    [InlineData(403, "GatedRepo", "accept the licence")]
    [InlineData(404, "RepoNotFound", "no such repository")]
    [InlineData(404, "RevisionNotFound", "no such revision")]
    [InlineData(404, "EntryNotFound", "no such file")]
    [InlineData(404, null, "no such file")]
    [InlineData(418, null, "not expected")]
    public async Task A_refusal_is_named_with_its_remedy_and_not_repeated(int status, string? code, string remedy)
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.Publish(FakeHub.Published());
        hub.Instead = Always(status, code);

        HubException problem = await hub.RefusedAsync();

        Assert.Equal(("robots/fast-test", "main", "processor_config.json", (HttpStatusCode)status),
            (problem.Repository, problem.Revision, problem.File, problem.StatusCode!.Value));
        foreach (string part in new[] { "robots/fast-test", "main", "processor_config.json", $"{status}", remedy })
            Assert.Contains(part, problem.Message, StringComparison.Ordinal);
        Assert.False(problem.IsTransient);
        Assert.Single(hub.Requests);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task A_refusal_is_thrown_also_when_the_cache_has_a_copy(int status)
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.Publish(FakeHub.Published());
        await hub.DownloadAsync();
        hub.Instead = Always(status, null);

        Assert.Equal((HttpStatusCode)status, (await hub.RefusedAsync()).StatusCode);
    }

    [Fact]
    public async Task A_refused_token_is_said_to_be_refused_and_not_printed()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.Instead = Always(401, null);

        HubException problem = await hub.RefusedAsync(hub.Options(token: "hf_secret"));

        Assert.Contains("the token is not valid", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_secret", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_tokenizer_json_is_named()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        files.Remove("tokenizer.json");
        hub.Publish(files);

        HubException problem = await hub.RefusedAsync();

        Assert.Equal("tokenizer.json", problem.File);
        Assert.False(File.Exists(Path.Combine(hub.RepositoryDirectory, "refs", "main")));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(408)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_busy_server_is_asked_again(int status)
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        string commit = hub.Publish(FakeHub.Published());
        int asked = 0;
        hub.Instead = (context, _) =>
        {
            context.Response.StatusCode = status;
            bool isBusy = Interlocked.Increment(ref asked) <= 2;
            if (!isBusy) context.Response.StatusCode = 200;
            return Task.FromResult(isBusy);
        };

        Assert.Equal(commit, (await hub.DownloadAsync(hub.Options(retries: 2))).Commit);
    }

    [Theory]
    [InlineData(429, "HF_TOKEN")]
    [InlineData(500, "try again later")]
    [InlineData(502, "try again later")]
    public async Task A_server_that_stays_busy_is_given_up(int status, string remedy)
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.Instead = Always(status, null);

        HubException problem = await hub.RefusedAsync(hub.Options(retries: 3));

        Assert.Equal(4, hub.Requests.Count);
        Assert.True(problem.IsTransient);
        Assert.Contains(remedy, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_says_how_long_to_wait()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.Publish(FakeHub.Published());
        var waited = new Stopwatch();
        hub.Instead = (context, _) =>
        {
            bool isFirst = !waited.IsRunning && waited.Elapsed == TimeSpan.Zero;
            if (isFirst) (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (429, "1");
            if (isFirst) waited.Start();
            else waited.Stop();
            return Task.FromResult(isFirst);
        };

        await hub.DownloadAsync();

        Assert.InRange(waited.Elapsed.TotalSeconds, 0.95, 9);
    }

    [Fact]
    public async Task A_wait_that_is_too_long_is_told_instead_of_waited()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.Instead = (context, _) =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (429, "3600");
            return Task.FromResult(true);
        };

        HubException problem = await hub.RefusedAsync();

        Assert.Contains("asks to wait 3600 s", problem.Message, StringComparison.Ordinal);
        Assert.Single(hub.Requests);
    }

    [Fact]
    public async Task A_connection_cut_once_in_the_middle_is_made_again()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        hub.Publish(files);
        int cuts = 0;
        hub.Instead = (context, request) => request.IsStorage && Interlocked.Increment(ref cuts) == 1
            ? CutAsync(context, files["tokenizer.json"])
            : Task.FromResult(false);

        HubSnapshot snapshot = await hub.DownloadAsync();

        Assert.Equal(2, cuts);
        Assert.Equal(files["tokenizer.json"].Content, File.ReadAllBytes(Path.Combine(snapshot.Directory, "tokenizer.json")));
    }

    [Fact]
    public async Task A_connection_always_cut_leaves_nothing_behind()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        hub.Publish(files);
        hub.Instead = (context, request) => request.IsStorage ? CutAsync(context, files["tokenizer.json"]) : Task.FromResult(false);

        HubException problem = await hub.RefusedAsync();

        Assert.True(problem.IsTransient);
        Assert.Contains("cut in the middle", problem.Message, StringComparison.Ordinal);
        AssertNoTrace(hub, files["tokenizer.json"]);
    }

    [Fact]
    public async Task Stopping_a_slow_download_leaves_nothing_behind()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        hub.Publish(files);
        hub.Instead = (context, request) => request.IsStorage ? StallAsync(context, files["tokenizer.json"]) : Task.FromResult(false);
        using var stop = new CancellationTokenSource();
        var progress = new Callback(report =>
        {
            if (report.File == "tokenizer.json") stop.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hub.DownloadAsync(progress: progress, cancellation: stop.Token));

        AssertNoTrace(hub, files["tokenizer.json"]);
    }

    [Fact]
    public async Task A_body_that_stalls_is_a_timeout()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        hub.Publish(files);
        hub.Instead = (context, request) => request.IsStorage ? StallAsync(context, files["tokenizer.json"]) : Task.FromResult(false);

        HubException problem = await hub.RefusedAsync(hub.Options(timeout: 0.3, retries: 0));

        Assert.Contains("no answer within 0.3 s", problem.Message, StringComparison.Ordinal);
        AssertNoTrace(hub, files["tokenizer.json"]);
    }

    [Fact]
    public async Task No_server_at_all_is_named_with_the_endpoint()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        await hub.StopAsync();

        HubException problem = await hub.RefusedAsync();

        Assert.True(problem.IsTransient);
        Assert.Contains($"HF_ENDPOINT ({hub.Endpoint})", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Linked-Size", "7", "the Hub says 7")]
    [InlineData("X-Linked-Size", "99999999999", "at most 1048576")]
    [InlineData("X-Linked-Etag", "\"0000000000000000000000000000000000000000000000000000000000000000\"", "the Hub says 0000")]
    [InlineData("X-Linked-Etag", "\"../../../../etc/passwd\"", "entity tag")]
    [InlineData("X-Linked-Etag", "\"..\"", "entity tag")]
    [InlineData("X-Linked-Etag", "\"\"", "entity tag")]
    [InlineData("X-Repo-Commit", "../../x", "X-Repo-Commit")]
    [InlineData("X-Repo-Commit", "", "X-Repo-Commit")]
    [InlineData("X-Repo-Commit", "1111111111111111111111111111111111111111", "answers with 1111")]
    public async Task A_large_file_that_is_not_what_the_Hub_says_is_refused(string header, string value, string says)
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        hub.Publish(files);
        hub.Instead = (context, request) =>
        {
            if (request.Target.EndsWith("/tokenizer.json", StringComparison.Ordinal)) Change(context, header, value);
            return Task.FromResult(false);
        };

        HubException problem = await hub.RefusedAsync();

        Assert.Equal("tokenizer.json", problem.File);
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
        Assert.False(problem.IsTransient);
        AssertNoTrace(hub, files["tokenizer.json"]);
    }

    [Fact]
    public async Task A_small_file_with_the_wrong_hash_is_refused()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        string commit = hub.Publish(files);
        byte[] damaged = [.. files["processor_config.json"].Content];
        damaged[3] ^= 1;
        hub.Instead = async (context, request) =>
        {
            if (request.Method != "GET") return false;
            context.Response.Headers["X-Repo-Commit"] = commit;
            await FakeHub.SendAsync(context, new HubFile(damaged, IsLarge: false), files["processor_config.json"].Tag);
            return true;
        };

        HubException problem = await hub.RefusedAsync();

        Assert.Contains("SHA1 hash", problem.Message, StringComparison.Ordinal);
        AssertNoTrace(hub, files["processor_config.json"]);
    }

    [Fact]
    public async Task A_body_of_unknown_length_that_ends_early_is_refused_also_where_the_tag_says_nothing()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.Publish(FakeHub.Published());
        hub.Instead = async (context, request) =>
        {
            if (request.Target.EndsWith("/tokenizer.json", StringComparison.Ordinal)) Change(context, "X-Linked-Etag", "\"says-nothing\"");
            if (request.IsStorage) await context.Response.Body.WriteAsync(new byte[100]);
            return request.IsStorage;
        };

        HubException problem = await hub.RefusedAsync();

        Assert.Contains("100 bytes were sent", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(hub.Listing(), line => line.Contains("says-nothing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_body_without_end_is_stopped_at_the_limit()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        hub.Publish(files);
        hub.Instead = async (context, request) =>
        {
            if (!request.Target.EndsWith("/tokenizer.json", StringComparison.Ordinal)) return false;
            context.Response.Headers["X-Repo-Commit"] = request.Target.Split('/')[4];
            context.Response.Headers.ETag = "\"endless\"";
            while (request.Method == "GET" && !context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(new byte[65536]);
            return true;
        };

        HubException problem = await hub.RefusedAsync();

        Assert.Contains("at most 1048576", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(hub.Listing(), line => line.Contains("endless", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_body_that_is_compressed_all_the_same_is_refused()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.Publish(FakeHub.Published());
        hub.Instead = (context, _) =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return Task.FromResult(false);
        };

        Assert.Contains("gzip", (await hub.RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "redirects to nowhere")]
    [InlineData("/robots/fast-test/resolve/main/processor_config.json", "more than 5 redirects")]
    [InlineData("ftp://127.0.0.1/file", "redirects to ftp")]
    [InlineData("file:///etc/passwd", "redirects to file")]
    public async Task A_redirect_that_leads_nowhere_is_refused(string? location, string says)
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        string commit = hub.Publish(FakeHub.Published());
        hub.Instead = (context, request) =>
        {
            bool isMeant = request.Method == "GET" || location?.StartsWith('/') != false;
            if (request.Method == "HEAD" && !isMeant) context.Response.StatusCode = 405;
            else context.Response.StatusCode = 302;
            if (location is not null) context.Response.Headers.Location = location;
            context.Response.Headers["X-Repo-Commit"] = commit;
            return Task.FromResult(true);
        };

        Assert.Contains(says, (await hub.RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task A_storage_address_that_ran_out_is_asked_for_again(int status)
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        hub.Publish(files);
        int asked = 0;
        hub.Instead = (context, request) =>
        {
            bool isExpired = request.IsStorage && Interlocked.Increment(ref asked) == 1;
            if (isExpired) context.Response.StatusCode = status;
            return Task.FromResult(isExpired);
        };

        await hub.DownloadAsync();

        Assert.Equal(2, hub.Count("GET", "tokenizer.json"));
    }

    private static Func<HttpContext, HubRequest, Task<bool>> Always(int status, string? code) => (context, _) =>
    {
        context.Response.StatusCode = status;
        if (code is not null) context.Response.Headers["X-Error-Code"] = code;
        return Task.FromResult(true);
    };

    private static void Change(HttpContext context, string header, string value) => context.Response.OnStarting(() =>
    {
        context.Response.Headers[header] = value;
        return Task.CompletedTask;
    });

    private static async Task<bool> CutAsync(HttpContext context, HubFile file)
    {
        await SendHalfAsync(context, file);
        context.Abort();
        return true;
    }

    private static async Task<bool> StallAsync(HttpContext context, HubFile file)
    {
        await SendHalfAsync(context, file);
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        return true;
    }

    private static async Task SendHalfAsync(HttpContext context, HubFile file)
    {
        context.Response.ContentLength = file.Content.Length;
        await context.Response.Body.WriteAsync(file.Content.AsMemory(0, file.Content.Length / 2));
        await context.Response.Body.FlushAsync();
    }

    private static void AssertNoTrace(FakeHub hub, HubFile file)
    {
        foreach (string trace in new[] { file.Tag, ".incomplete", "refs/" })
            Assert.DoesNotContain(hub.Listing(), line => line.Contains(trace, StringComparison.Ordinal));
    }

    private sealed class Callback(Action<HubProgress> report) : IProgress<HubProgress>
    {
        public void Report(HubProgress value) => report(value);
    }
}
