using Fast.Tokenizer.Interop.Hub;

namespace Fast.Tokenizer.Tests.Interop.Hub;

public sealed class HubCacheTests
{
    [Fact]
    public async Task The_cache_is_laid_out_as_Python_lays_it_out()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        files["special_tokens_map.json"] = HubFile.Small("{}\n");
        string commit = hub.Publish(files);

        HubSnapshot snapshot = await hub.DownloadAsync();

        (string config, string tokenizer) = (files["processor_config.json"].Tag, files["tokenizer.json"].Tag);
        const string special = "0967ef424bce6791893e9a57bb952f80fd536e93"; // what git calls this content
        string[] expected =
        [
            $".no_exist/{commit}/fast_tokenizer.json 0",
            $".no_exist/{commit}/norm_stats.json 0",
            $".no_exist/{commit}/stats.json 0",
            $".no_exist/{commit}/tokenizer_config.json 0",
            $"blobs/{special} 3",
            $"blobs/{config} {files["processor_config.json"].Content.Length}",
            $"blobs/{tokenizer} {files["tokenizer.json"].Content.Length}",
            "refs/main 40",
            $"snapshots/{commit}/processor_config.json -> ../../blobs/{config}",
            $"snapshots/{commit}/special_tokens_map.json -> ../../blobs/{special}",
            $"snapshots/{commit}/tokenizer.json -> ../../blobs/{tokenizer}",
        ];
        Assert.Equal(expected.Select(line => "models--robots--fast-test/" + line).Order(StringComparer.Ordinal), hub.Listing());
        Assert.Equal(commit, File.ReadAllText(Path.Combine(hub.RepositoryDirectory, "refs", "main")));
        Assert.Equal(Path.Combine(hub.RepositoryDirectory, "snapshots", commit), snapshot.Directory);
    }

    [Fact]
    public async Task What_Python_downloaded_is_found_offline()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        string commit = hub.Publish(files);
        WriteAsPython(hub, files, commit);

        HubSnapshot snapshot = await hub.DownloadAsync(hub.Options(offline: true));

        Assert.Equal((commit, false), (snapshot.Commit, snapshot.IsConfirmed));
        Assert.Equal(files["tokenizer.json"].Content, File.ReadAllBytes(Path.Combine(snapshot.Directory, "tokenizer.json")));
        Assert.Empty(hub.Requests);
    }

    [Fact]
    public async Task What_Python_downloaded_is_not_fetched_again_but_completed()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        string commit = hub.Publish(files);
        WriteAsPython(hub, files, commit);
        files["fast_tokenizer.json"] = HubFile.Small("statistics that Python did not ask for");

        HubSnapshot snapshot = await hub.DownloadAsync();

        Assert.Equal("fast_tokenizer.json", Assert.Single(hub.Requests, request => request.Method == "GET").Target.Split('/')[^1]);
        Assert.True(File.Exists(Path.Combine(snapshot.Directory, "fast_tokenizer.json")));
    }

    [Fact]
    public async Task A_warm_start_asks_once_and_fetches_nothing()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.Publish(FakeHub.Published());
        await hub.DownloadAsync();
        string[] before = hub.Listing();
        hub.Requests.Clear();

        HubSnapshot snapshot = await hub.DownloadAsync();

        Assert.True(snapshot.IsConfirmed);
        HubRequest request = Assert.Single(hub.Requests);
        Assert.Equal(("HEAD", "/robots/fast-test/resolve/main/processor_config.json"), (request.Method, request.Target));
        Assert.Equal(before, hub.Listing());
    }

    [Fact]
    public async Task A_commit_that_is_in_the_cache_needs_no_request()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        string commit = hub.Publish(FakeHub.Published());
        await hub.DownloadAsync(hub.Options(commit));
        Assert.False(Directory.Exists(Path.Combine(hub.RepositoryDirectory, "refs")));
        hub.Requests.Clear();

        HubSnapshot snapshot = await hub.DownloadAsync(hub.Options(commit));

        Assert.True(snapshot.IsConfirmed);
        Assert.Empty(hub.Requests);
    }

    [Fact]
    public async Task A_branch_that_moves_is_followed_and_only_what_changed_is_fetched()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published("first");
        string first = hub.Publish(files);
        HubSnapshot old = await hub.DownloadAsync();
        string second = hub.Publish(new(files) { ["processor_config.json"] = HubFile.Small("second") });
        hub.Requests.Clear();

        HubSnapshot snapshot = await hub.DownloadAsync();

        Assert.Equal((first, second), (old.Commit, snapshot.Commit));
        Assert.Equal("second", File.ReadAllText(Path.Combine(snapshot.Directory, "processor_config.json")));
        Assert.Equal(files["tokenizer.json"].Content, File.ReadAllBytes(Path.Combine(snapshot.Directory, "tokenizer.json")));
        Assert.Equal(1, hub.Requests.Count(request => request.Method == "GET"));
        Assert.Equal(second, File.ReadAllText(Path.Combine(hub.RepositoryDirectory, "refs", "main")));
        Assert.Equal(files["processor_config.json"].Content, File.ReadAllBytes(Path.Combine(old.Directory, "processor_config.json")));
    }

    [Fact]
    public async Task Where_links_are_not_possible_the_snapshot_holds_copies()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        hub.Publish(files);

        HubSnapshot snapshot = await hub.DownloadAsync(hub.Options(links: false));

        string path = Path.Combine(snapshot.Directory, "tokenizer.json");
        Assert.Null(new FileInfo(path).LinkTarget);
        Assert.Equal(files["tokenizer.json"].Content, File.ReadAllBytes(path));
        Assert.DoesNotContain(hub.Listing(), line => line.Contains(".incomplete", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Many_downloads_at_once_give_one_whole_cache()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        hub.Publish(files);

        HubSnapshot[] snapshots = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => hub.DownloadAsync())));

        Assert.Single(snapshots.Distinct());
        Assert.Equal(files["tokenizer.json"].Content, File.ReadAllBytes(Path.Combine(snapshots[0].Directory, "tokenizer.json")));
        string[] together = hub.Listing();
        Directory.Delete(hub.CacheDirectory, recursive: true);
        await hub.DownloadAsync();
        Assert.Equal(hub.Listing(), together);
    }

    [Fact]
    public async Task A_half_written_file_of_Python_is_neither_used_nor_touched()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        hub.Publish(files);
        string half = Path.Combine(Blobs(hub), files["tokenizer.json"].Tag + ".incomplete");
        File.WriteAllText(half, "half");

        HubSnapshot snapshot = await hub.DownloadAsync();

        Assert.Equal(files["tokenizer.json"].Content, File.ReadAllBytes(Path.Combine(snapshot.Directory, "tokenizer.json")));
        Assert.Equal("half", File.ReadAllText(half));
    }

    [Fact]
    public async Task A_blob_of_the_wrong_length_is_fetched_again()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        hub.Publish(files);
        string blob = Path.Combine(Blobs(hub), files["tokenizer.json"].Tag);
        File.WriteAllText(blob, "cut short by a power failure");

        await hub.DownloadAsync();

        Assert.Equal(files["tokenizer.json"].Content, File.ReadAllBytes(blob));
    }

    [Fact]
    public async Task A_link_to_a_blob_that_is_gone_is_made_good()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        hub.Publish(files);
        HubSnapshot snapshot = await hub.DownloadAsync();
        File.Delete(Path.Combine(hub.RepositoryDirectory, "blobs", files["tokenizer.json"].Tag));

        await hub.DownloadAsync();

        Assert.Equal(files["tokenizer.json"].Content, File.ReadAllBytes(Path.Combine(snapshot.Directory, "tokenizer.json")));
    }

    [Fact]
    public async Task A_reference_that_is_not_a_commit_is_not_followed()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        string commit = hub.Publish(files);
        WriteAsPython(hub, files, commit);
        File.WriteAllText(Path.Combine(hub.RepositoryDirectory, "refs", "main"), $"../snapshots/{commit}");

        HubException problem = await hub.RefusedAsync(hub.Options(offline: true));

        Assert.Contains("does not hold it", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("processor_config.json")]
    [InlineData("tokenizer.json")]
    public async Task Offline_a_snapshot_without_a_required_file_is_not_one(string missing)
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Dictionary<string, HubFile> files = FakeHub.Published();
        string commit = hub.Publish(files);
        files.Remove(missing);
        WriteAsPython(hub, files, commit);

        HubException problem = await hub.RefusedAsync(hub.Options(offline: true));

        Assert.Contains("robots/fast-test, revision main", problem.Message, StringComparison.Ordinal);
        Assert.Contains("HF_HUB_OFFLINE", problem.Message, StringComparison.Ordinal);
        Assert.Empty(hub.Requests);
    }

    [Fact]
    public async Task Without_a_connection_the_cache_is_used_at_once()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        string commit = hub.Publish(FakeHub.Published());
        await hub.DownloadAsync();
        await hub.StopAsync();

        HubSnapshot snapshot = await hub.DownloadAsync();

        Assert.Equal((commit, false), (snapshot.Commit, snapshot.IsConfirmed));
    }

    [Fact]
    public async Task With_a_copy_in_the_cache_nobody_waits_for_a_broken_server()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        string commit = hub.Publish(FakeHub.Published());
        await hub.DownloadAsync();
        hub.Requests.Clear();
        hub.Instead = (context, _) =>
        {
            context.Response.StatusCode = 503;
            return Task.FromResult(true);
        };

        HubSnapshot snapshot = await hub.DownloadAsync(hub.Options(retries: 3));

        Assert.Equal((commit, false), (snapshot.Commit, snapshot.IsConfirmed));
        Assert.Single(hub.Requests);
    }

    [Fact]
    public async Task When_a_new_commit_cannot_be_fetched_the_old_one_stays_whole()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        string first = hub.Publish(FakeHub.Published("first"));
        await hub.DownloadAsync();
        hub.Publish(FakeHub.Published("second"));
        hub.Instead = (context, request) =>
        {
            if (request.IsStorage) context.Abort();
            return Task.FromResult(request.IsStorage);
        };

        HubSnapshot snapshot = await hub.DownloadAsync();

        Assert.Equal((first, false), (snapshot.Commit, snapshot.IsConfirmed));
        Assert.Equal(first, File.ReadAllText(Path.Combine(hub.RepositoryDirectory, "refs", "main")));
        Assert.Contains("first", File.ReadAllText(Path.Combine(snapshot.Directory, "tokenizer.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_named()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.Publish(FakeHub.Published());
        Directory.CreateDirectory(hub.RepositoryDirectory);
        File.WriteAllText(Path.Combine(hub.RepositoryDirectory, "blobs"), "a file in the way");

        HubException problem = await hub.RefusedAsync();

        Assert.Contains(hub.CacheDirectory, problem.Message, StringComparison.Ordinal);
        Assert.Contains("HF_HUB_CACHE", problem.Message, StringComparison.Ordinal);
        Assert.False(problem.IsTransient);
    }

    private static string Blobs(FakeHub hub) => Directory.CreateDirectory(Path.Combine(hub.RepositoryDirectory, "blobs")).FullName;

    private static void WriteAsPython(FakeHub hub, Dictionary<string, HubFile> files, string commit)
    {
        string blobs = Blobs(hub);
        string snapshot = Directory.CreateDirectory(Path.Combine(hub.RepositoryDirectory, "snapshots", commit)).FullName;
        Directory.CreateDirectory(Path.Combine(hub.RepositoryDirectory, "refs"));
        File.WriteAllText(Path.Combine(hub.RepositoryDirectory, "refs", "main"), commit);
        foreach ((string name, HubFile file) in files)
        {
            File.WriteAllBytes(Path.Combine(blobs, file.Tag), file.Content);
            File.CreateSymbolicLink(Path.Combine(snapshot, name), $"../../blobs/{file.Tag}");
        }
    }
}
