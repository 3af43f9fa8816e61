using System.Globalization;
using System.Text.Json;
using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Datasets.LeRobot;

/// <summary>The episodes of version 2, from <c>meta/episodes.jsonl</c>: one JSON object per line.</summary>
internal static class EpisodeLines
{
    private const int MaxLineBytes = 16 << 20;

    /// <summary>Reads the lines, in their order; one that cannot be read has its problem with it.</summary>
    /// <exception cref="InvalidDataException">There is no such file, or a line is too long.</exception>
    public static IEnumerable<EpisodeRecord> Read(string folder, LeRobotInfo info)
    {
        string path = Path.Combine(folder, "meta", "episodes.jsonl");
        if (!File.Exists(path)) throw new InvalidDataException($"file '{path}': is missing; it lists the episodes");
        long before = -1;
        int number = 0;
        foreach (ReadOnlyMemory<byte> line in Lines(path))
        {
            number++;
            if (line.Span.Trim(" \t\r"u8).IsEmpty) continue;
            EpisodeRecord episode = Read(line, string.Create(CultureInfo.InvariantCulture, $"line {number}"), path, info);
            if (episode.Problem is null && episode.Index <= before)
            {
                string place = string.Create(CultureInfo.InvariantCulture, $"line {number}");
                episode = EpisodeRecord.Unreadable(place, new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                    $"file '{path}', {place}: episode {episode.Index} comes after episode {before}; expected increasing numbers")));
            }

            before = Math.Max(before, episode.Index);
            yield return episode;
        }
    }

    private static EpisodeRecord Read(ReadOnlyMemory<byte> line, string place, string path, LeRobotInfo info)
    {
        try
        {
            using var json = JsonDocument.Parse(line, new JsonDocumentOptions { AllowDuplicateProperties = false });
            long index = Count(json.RootElement, "episode_index") ?? throw new InvalidDataException("'episode_index' is missing");
            string file = info.DataPath.Format(field => field is "episode_chunk" or "chunk_index" ? index / info.ChunkSize : index);
            return new EpisodeRecord(
                EpisodeRecord.NameOf(index), index, Count(json.RootElement, "length"), file, null, null);
        }
        catch (Exception e) when (JsonProblem.Is(e))
        {
            return EpisodeRecord.Unreadable(
                place, new InvalidDataException($"file '{path}', {place}: is not valid JSON: {JsonProblem.Describe(e)}", e));
        }
        catch (InvalidDataException e)
        {
            return EpisodeRecord.Unreadable(place, new InvalidDataException($"file '{path}', {place}: {e.Message}", e));
        }
    }

    private static long? Count(JsonElement line, string name)
    {
        if (line.ValueKind != JsonValueKind.Object) throw new InvalidDataException("is no JSON object");
        if (!line.TryGetProperty(name, out JsonElement value)) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long count) && count >= 0
            ? count
            : throw new InvalidDataException($"'{name}' must be a whole number, at least 0");
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
        byte[] buffer = new byte[1 << 16];
        int start = 0, end = 0;
        while (true)
        {
            int line = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (line >= 0)
            {
                yield return buffer.AsMemory(start, line);
                start += line + 1;
                continue;
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end == buffer.Length)
            {
                if (end >= MaxLineBytes)
                    throw new InvalidDataException($"file '{path}': a line of more than {MaxLineBytes} bytes is refused");
                Array.Resize(ref buffer, 2 * end);
            }

            int got = stream.Read(buffer, end, buffer.Length - end);
            if (got == 0) break;
            end += got;
        }

        if (end > 0) yield return buffer.AsMemory(0, end);
    }
}
