using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fast.Tokenizer.Tests;

/// <summary>Writes LeRobot data sets of versions 2.1 and 3.0.</summary>
internal sealed class LeRobotFolder(string path)
{
    /// <summary>Steps per second.</summary>
    public const int Rate = 50;

    /// <summary>The columns of some steps, as LeRobot writes them.</summary>
    /// <param name="actions">Row-major.</param>
    /// <param name="states">Row-major, of the same size.</param>
    /// <param name="dimensions">Of both.</param>
    /// <param name="firstEpisode">The first episode.</param>
    /// <param name="firstIndex">The first step's number in the whole data set.</param>
    /// <param name="lengths">Steps of the first episode and of those after it.</param>
    public static ParquetTable Table(
        float[] actions, float[] states, int dimensions, int firstEpisode, long firstIndex, params int[] lengths)
    {
        int[] episodes = [.. lengths.SelectMany((length, i) => Enumerable.Repeat(firstEpisode + i, length))];
        long[] frames = [.. lengths.SelectMany(length => Enumerable.Range(0, length).Select(frame => (long)frame))];
        return new ParquetTable()
            .Add("action", actions, dimensions)
            .Add("observation.state", states, dimensions)
            .Add("timestamp", Array.ConvertAll(frames, frame => (float)frame / Rate))
            .Add("frame_index", frames)
            .Add("episode_index", Array.ConvertAll(episodes, episode => (long)episode))
            .Add("index", [.. frames.Select((_, i) => firstIndex + i)])
            .Add("task_index", new long[frames.Length]);
    }

    /// <summary>The rows of <c>meta/episodes</c> of version 3.0.</summary>
    public static ParquetTable Episodes(params (long Episode, long Length, long Chunk, long File, long From, long To)[] rows) =>
        new ParquetTable()
        .Add("episode_index", Array.ConvertAll(rows, row => row.Episode))
        .Add("length", Array.ConvertAll(rows, row => row.Length))
        .Add("data/chunk_index", Array.ConvertAll(rows, row => row.Chunk))
        .Add("data/file_index", Array.ConvertAll(rows, row => row.File))
        .Add("dataset_from_index", Array.ConvertAll(rows, row => row.From))
        .Add("dataset_to_index", Array.ConvertAll(rows, row => row.To));

    public string DataFile(int chunk, int number, bool isVersion3) => Path.Combine(path, string.Create(
        CultureInfo.InvariantCulture, $"data/chunk-{chunk:D3}/{(isVersion3 ? $"file-{number:D3}" : $"episode_{number:D6}")}.parquet"));

    public string EpisodesFile => Path.Combine(path, "meta", "episodes", "chunk-000", "file-000.parquet");

    /// <summary>Writes <c>meta/info.json</c>.</summary>
    /// <param name="names">The <c>names</c> of both features, as JSON.</param>
    public void WriteInfo(string version, int episodes, int dimensions, string names = "null", string? dataPath = null)
    {
        dataPath ??= version == "v3.0"
            ? "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
            : "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet";
        string feature = $$"""{"dtype": "float32", "shape": [{{dimensions}}], "names": {{names}}}""";
        Directory.CreateDirectory(Path.Combine(path, "meta"));
        File.WriteAllText(Path.Combine(path, "meta", "info.json"), $$"""
            {
              "codebase_version": "{{version}}", "robot_type": "test", "total_episodes": {{episodes}}, "chunks_size": 1000, "fps": {{Rate}},
              "data_path": {{JsonSerializer.Serialize(dataPath)}},
              "features": {
                "action": {{feature}}, "observation.state": {{feature}},
                "observation.images.top": {"dtype": "video", "shape": [480, 640, 3], "names": ["height", "width", "channels"]},
                "timestamp": {"dtype": "float32", "shape": [1], "names": null},
                "frame_index": {"dtype": "int64", "shape": [1], "names": null},
                "episode_index": {"dtype": "int64", "shape": [1], "names": null},
                "index": {"dtype": "int64", "shape": [1], "names": null}
              }
            }
            """);
    }

    /// <summary>Writes <c>meta/episodes.jsonl</c> of version 2.</summary>
    public void WriteLines(params int[] lengths)
    {
        var lines = new StringBuilder();
        for (int i = 0; i < lengths.Length; i++)
        {
            lines.Append(CultureInfo.InvariantCulture, $$"""{"episode_index": {{i}}, "tasks": ["move"], "length": {{lengths[i]}}}""");
            lines.Append('\n');
        }

        File.WriteAllText(Path.Combine(path, "meta", "episodes.jsonl"), lines.ToString());
    }
}
