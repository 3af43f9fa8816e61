using System.Text.Json;
using System.Text.Json.Nodes;
using Fast.Tokenizer.Datasets;

namespace Fast.Tokenizer.Cli;

/// <summary>Episodes that a command left out because they cannot be read.</summary>
internal sealed class BadEpisodes
{
    private readonly List<SkippedEpisode> _episodes = [];

    /// <summary>Whether bad episodes are left out at all; JSON names them then, also where there are none.</summary>
    public bool AreWanted { get; set; }

    /// <summary>Remembers an episode; readers may call from any thread.</summary>
    public void Add(SkippedEpisode episode)
    {
        lock (_episodes) _episodes.Add(episode);
    }

    /// <summary>Says on standard error how many were left out, and why each of them.</summary>
    public void Note(ToolConsole console)
    {
        if (_episodes.Count == 0) return;
        console.Note($"episodes left out because they cannot be read: {_episodes.Count}");
        foreach (SkippedEpisode episode in _episodes)
            console.Error.WriteLine($"  episode '{episode.Episode}' of {episode.Recording}: {episode.Reason.ReplaceLineEndings(" ")}");
    }

    /// <summary>Adds <c>bad_episodes</c> to a JSON object, where bad episodes are left out.</summary>
    public string AddTo(string json)
    {
        if (!AreWanted) return json;
        JsonObject report = JsonNode.Parse(json)!.AsObject();
        report["bad_episodes"] = JsonSerializer.SerializeToNode(_episodes, ToolJson.Indented.ListSkippedEpisode);
        return report.ToJsonString(ToolJson.Indented.Options);
    }
}
