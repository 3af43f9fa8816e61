using System.Net;

namespace Fast.Tokenizer.Interop.Hub;

/// <summary>Fetches a tokenizer's files from the Hugging Face Hub into the cache that Python uses, or finds them there.</summary>
/// <remarks>
/// <para>All files of a snapshot are of one commit. What the cache has is not fetched again: a warm start makes one small request, and none
/// where the revision is a commit. A file appears in the cache when its length and, where the Hub names it, its hash are right.</para>
/// <para>Where the Hub cannot be reached, or is broken, the commit that the revision was last is used;
/// <see cref="HubSnapshot.IsConfirmed"/> says so. A refusal (401, 403, 404) is an answer and is thrown.</para>
/// </remarks>
public sealed class HubClient : IDisposable
{
    // The first file says which commit the revision is. The largest is last, so that a snapshot which has it has all the others
    // there are, also when a download was broken off; the revision is written down after it.
    private static readonly (string Name, bool IsRequired)[] _files =
    [
        ("processor_config.json", true),
        ("fast_tokenizer.json", false),
        ("tokenizer_config.json", false),
        ("special_tokens_map.json", false),
        ("norm_stats.json", false),
        ("stats.json", false),
        ("tokenizer.json", true),
    ];

    private readonly HubSettings _settings;
    private readonly HubConnection _connection;

    /// <summary>Makes a client.</summary>
    /// <param name="options">How to fetch; null takes everything from the environment.</param>
    /// <exception cref="ArgumentException">An option or an environment variable is not valid.</exception>
    public HubClient(HubOptions? options = null)
    {
        _settings = new HubSettings(options ?? new HubOptions());
        _connection = new HubConnection(_settings);
    }

    /// <summary>Gives a repository's tokenizer files, from the cache or from the Hub.</summary>
    /// <param name="repository">The repository, <c>org/name</c> or <c>name</c>.</param>
    /// <param name="progress">Told of the bytes of each file that is fetched; may be null.</param>
    /// <param name="cancellationToken">Stops the download; nothing half-written stays.</param>
    /// <returns>The folder and its commit.</returns>
    /// <exception cref="ArgumentException">The name is not a repository's.</exception>
    /// <exception cref="HubException">The files cannot be had; the message says why and what to do.</exception>
    /// <exception cref="OperationCanceledException">The download was stopped.</exception>
    public async Task<HubSnapshot> DownloadAsync(
        string repository, IProgress<HubProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        if (!HubNames.IsRepository(repository))
            {
            throw new ArgumentException(
                $"'{repository}' is not the name of a repository: expected org/name of letters, digits, '-', '_' and '.'",
                nameof(repository));
        }

        var cache = new HubCache(_settings.CacheDirectory, repository, _settings.Options.SymbolicLinks);
        try
        {
            string? cached = CompleteCommit(cache);
            if (_settings.Offline) return cached is null ? throw NotCached(repository) : Snapshot(cache, cached, isConfirmed: false);
            try
            {
                string commit = await FetchAsync(repository, cache, cached is not null, progress, cancellationToken).ConfigureAwait(false);
                return Snapshot(cache, commit, isConfirmed: true);
            }
            catch (HubException problem) when (problem.IsTransient && cached is not null)
            {
                return Snapshot(cache, cached, isConfirmed: false);
            }
        }
        catch (Exception problem) when (problem is (IOException and not HubException) or UnauthorizedAccessException)
        {
            throw Problem(repository, $"the cache {_settings.CacheDirectory} cannot be used: {problem.Message} "
                + "Make room there and check who may write, or set HF_HUB_CACHE to another folder", problem);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private async Task<string> FetchAsync(
        string repository, HubCache cache, bool hasFallback, IProgress<HubProgress>? progress, CancellationToken cancellationToken)
    {
        string revision = _settings.Options.Revision;
        string? commit = HubNames.IsCommit(revision) ? revision : null;
        foreach ((string name, bool isRequired) in _files)
        {
            if (commit is not null && (cache.Has(commit, name) || (!isRequired && cache.LacksForSure(commit, name)))) continue;

            var address = new HubAddress(_settings.Endpoint, repository, revision, name) { Commit = commit };
            // With the cache to fall back on, nobody should wait for the repetitions of a request that fails.
            bool once = hasFallback && commit is null;
            if (await FetchFileAsync(address, cache, once, progress, cancellationToken).ConfigureAwait(false) is { } file)
            {
                commit = file.Commit!;
                cache.Link(commit, name, file.ETag!);
            }
            else if (isRequired)
            {
                throw address.Problem(
                    "the Hub answers 404: there is no such file; check that the repository is a FAST tokenizer", HttpStatusCode.NotFound);
            }
            else
            {
                cache.WriteAbsence(commit!, name);
            }
        }

        cache.WriteReference(revision, commit!);
        return commit!;
    }

    private async Task<HubFileInfo?> FetchFileAsync(
        HubAddress address, HubCache cache, bool once, IProgress<HubProgress>? progress, CancellationToken cancellationToken)
    {
        if (await _connection.HeadAsync(address, once, cancellationToken).ConfigureAwait(false) is not { } info) return null;
        if (info.ETag is not null)
        {
            if (cache.Has(info.Commit!, address.File) || cache.HasBlob(info)) return info;
            address = address with { Commit = info.Commit };
        }

        return await _connection.GetAsync(address, cache, once, progress, cancellationToken).ConfigureAwait(false);
    }

    private string? CompleteCommit(HubCache cache)
    {
        string? commit = cache.ReadReference(_settings.Options.Revision);
        return commit is not null && _files.All(file => !file.IsRequired || cache.Has(commit, file.Name)) ? commit : null;
    }

    private static HubSnapshot Snapshot(HubCache cache, string commit, bool isConfirmed) =>
        new(cache.SnapshotDirectory(commit), commit, isConfirmed);

    private HubException NotCached(string repository) => Problem(
        repository,
        $"offline mode is on and the cache {_settings.CacheDirectory} does not hold it: "
        + "download it once without HF_HUB_OFFLINE, or check HF_HUB_CACHE");

    private HubException Problem(string repository, string text, Exception? inner = null) =>
        new($"{repository}, revision {_settings.Options.Revision}: {text}", inner)
        {
            Repository = repository,
            Revision = _settings.Options.Revision,
        };
}
