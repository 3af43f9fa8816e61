using System.Buffers;
using System.Text.Json;

namespace Fast.Tokenizer.Datasets.Tokens;

/// <summary>See <see cref="TokenShardFormat.JsonLines"/>.</summary>
internal sealed class JsonLinesTokenWriter(Stream stream) : TokenShardWriter
{
    private readonly ArrayBufferWriter<byte> _lines = new();

    public override async Task AppendAsync(TokenBlock block)
    {
        using var json = new Utf8JsonWriter(_lines);
        int at = 0;
        for (int i = 0; i < block.Lengths.Length; i++)
        {
            json.WriteStartObject();
            json.WriteStartArray("ids"u8);
            foreach (int id in block.Ids.AsSpan(at, block.Lengths[i])) json.WriteNumberValue(id);
            json.WriteEndArray();
            json.WriteNumber("length"u8, block.Lengths[i]);
            json.WriteString("episode"u8, block.Episode);
            json.WriteNumber("episode_index"u8, block.EpisodeIndex);
            json.WriteNumber("start_step"u8, block.Starts[i]);
            json.WriteEndObject();
            json.Flush();
            json.Reset();
            _lines.Write("\n"u8);
            at += block.Lengths[i];
        }

        await stream.WriteAsync(_lines.WrittenMemory).ConfigureAwait(false);
        _lines.ResetWrittenCount();
    }

    public override ValueTask CompleteAsync() => ValueTask.CompletedTask;
}
