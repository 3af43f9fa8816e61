using System.Globalization;
using Fast.Tokenizer.Interop.Hub;
using Microsoft.AspNetCore.Http;

namespace Fast.Tokenizer.Tests.Interop.Hub;

public sealed class HubDownloadTests
{
    [Fact]
    public async Task Every_file_arrives_as_it_was_published()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        string[] optional = ["fast_tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "norm_stats.json", "stats.json"];
        foreach (string name in optional)
            files[name] = HubFile.Small($"content of {name}");
        files["README.md"] = HubFile.Small("not asked for");
        string commit = hub.Publish(files);

        HubSnapshot snapshot = await hub.DownloadAsync();

        Assert.Equal((commit, true), (snapshot.Commit, snapshot.IsConfirmed));
        files.Remove("README.md");
        Assert.Equal(files.Keys.Order(), Directory.EnumerateFiles(snapshot.Directory).Select(path => Path.GetFileName(path)).Order());
        AssertHolds(snapshot, files);
    }

    [Fact]
    public async Task The_token_goes_to_the_endpoint_and_never_to_the_storage()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.Publish(FakeHub.Published());

        await hub.DownloadAsync(hub.Options(token: "hf_secret"));

        Assert.Contains(hub.Requests, request => request.IsStorage);
        Assert.All(hub.Requests, request => Assert.Equal(request.IsStorage ? null : "Bearer hf_secret", request.Authorization));
    }

    [Fact]
    public async Task The_token_does_not_come_back_with_a_redirect_from_the_storage_to_the_endpoint()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        hub.Publish(files);
        hub.Instead = async (context, request) =>
        {
            if (request.IsStorage) context.Response.Redirect(new Uri(hub.Endpoint, "/elsewhere").AbsoluteUri);
            else if (request.Target == "/elsewhere") await FakeHub.SendAsync(context, files["tokenizer.json"]);
            else return false;
            return true;
        };

        await hub.DownloadAsync(hub.Options(token: "hf_secret"));

        Assert.Null(Assert.Single(hub.Requests, request => request.Target == "/elsewhere").Authorization);
    }

    [Fact]
    public async Task A_redirect_on_the_same_host_keeps_the_token_and_what_it_says_of_the_file()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        string commit = hub.Publish(files);
        hub.Instead = async (context, request) =>
        {
            if (request.Target.EndsWith("/resolve/main/processor_config.json", StringComparison.Ordinal))
            {
                context.Response.StatusCode = 307;
                context.Response.Headers.Location = "/api/resolve-cache/1";
                context.Response.Headers["X-Repo-Commit"] = commit;
                return true;
            }

            if (request.Target != "/api/resolve-cache/1") return false;
            await FakeHub.SendAsync(context, files["processor_config.json"]);
            return true;
        };

        HubSnapshot snapshot = await hub.DownloadAsync(hub.Options(token: "hf_secret"));

        Assert.Equal(commit, snapshot.Commit);
        HubRequest[] redirected = [.. hub.Requests.Where(request => request.Target == "/api/resolve-cache/1")];
        Assert.NotEmpty(redirected);
        Assert.All(redirected, request => Assert.Equal("Bearer hf_secret", request.Authorization));
    }

    [Fact]
    public async Task A_server_without_HEAD_is_asked_with_GET()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        string commit = hub.Publish(FakeHub.Published());
        hub.Instead = (context, request) =>
        {
            if (request.Method != "HEAD") return Task.FromResult(false);
            context.Response.StatusCode = 405;
            return Task.FromResult(true);
        };

        Assert.Equal(commit, (await hub.DownloadAsync()).Commit);
        Assert.Equal(1, hub.Requests.Count(request => request.IsStorage));

        await hub.DownloadAsync();
        Assert.Equal(1, hub.Requests.Count(request => request.IsStorage));
    }

    [Theory]
    [InlineData("W/\"{0}\"")]
    [InlineData("\"{0}\"")]
    [InlineData("{0}")]
    public async Task An_entity_tag_may_be_weak_quoted_or_bare(string form)
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        hub.Publish(files);
        string tag = files["processor_config.json"].Tag;
        hub.Instead = (context, request) =>
        {
            context.Response.OnStarting(() =>
            {
                IHeaderDictionary headers = context.Response.Headers;
                if (headers.ETag == $"\"{tag}\"") headers.ETag = string.Format(CultureInfo.InvariantCulture, form, tag);
                return Task.CompletedTask;
            });
            return Task.FromResult(false);
        };

        await hub.DownloadAsync();

        Assert.True(File.Exists(Path.Combine(hub.RepositoryDirectory, "blobs", tag)));
    }

    [Fact]
    public async Task Nothing_is_asked_for_compressed()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.Publish(FakeHub.Published());

        await hub.DownloadAsync();

        Assert.All(hub.Requests, request => Assert.Equal("identity", request.AcceptEncoding));
    }

    [Fact]
    public async Task A_revision_with_a_slash_is_one_part_of_the_address_and_a_path_of_the_cache()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        string commit = hub.Publish(FakeHub.Published(), "refs/pr/1");

        await hub.DownloadAsync(hub.Options("refs/pr/1"));

        Assert.Equal("/robots/fast-test/resolve/refs%2Fpr%2F1/processor_config.json", hub.Requests.First().Target);
        Assert.Equal(commit, File.ReadAllText(Path.Combine(hub.RepositoryDirectory, "refs", "refs", "pr", "1")));
    }

    [Fact]
    public async Task An_endpoint_may_have_a_path()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.Publish(FakeHub.Published());

        HubException problem = await hub.RefusedAsync(hub.Options(endpoint: new Uri(hub.Endpoint, "/mirror/")));

        Assert.Equal("/mirror/robots/fast-test/resolve/main/processor_config.json", hub.Requests.First().Target);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, problem.StatusCode);
    }

    [Fact]
    public async Task All_files_are_of_one_commit_when_the_branch_moves_meanwhile()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published("first");
        string first = hub.Publish(files);
        int asked = 0;
        hub.Instead = (_, _) =>
        {
            if (Interlocked.Increment(ref asked) == 2) hub.Publish(FakeHub.Published("second"));
            return Task.FromResult(false);
        };

        HubSnapshot snapshot = await hub.DownloadAsync();

        Assert.Equal(first, snapshot.Commit);
        AssertHolds(snapshot, files);
    }

    [Fact]
    public async Task Progress_tells_the_bytes_of_each_file_up_to_its_length()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        hub.Publish(files);
        var reports = new Reports();

        await hub.DownloadAsync(progress: reports);

        foreach ((string name, HubFile file) in files)
        {
            HubProgress[] own = [.. reports.Where(report => report.File == name)];
            Assert.Equal(own.Select(report => report.Done).Order(), own.Select(report => report.Done));
            Assert.Equal(new HubProgress(name, file.Content.Length, file.Content.Length), own[^1]);
        }
    }

    [Fact]
    public async Task A_body_of_unknown_length_is_taken_when_its_hash_is_right()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        HubFile file = HubFile.Small("""{"scale": 10}""");
        Dictionary<string, HubFile> files = FakeHub.Published();
        files["processor_config.json"] = file;
        hub.Publish(files);
        hub.Instead = (context, _) =>
        {
            context.Response.OnStarting(() =>
            {
                context.Response.ContentLength = null;
                return Task.CompletedTask;
            });
            return Task.FromResult(false);
        };

        HubSnapshot snapshot = await hub.DownloadAsync();

        Assert.Equal(file.Content, File.ReadAllBytes(Path.Combine(snapshot.Directory, "processor_config.json")));
    }

    private static void AssertHolds(HubSnapshot snapshot, Dictionary<string, HubFile> files)
    {
        foreach ((string name, HubFile file) in files)
            Assert.Equal(file.Content, File.ReadAllBytes(Path.Combine(snapshot.Directory, name)));
    }

    private sealed class Reports : List<HubProgress>, IProgress<HubProgress>
    {
        public void Report(HubProgress value) => Add(value);
    }
}
