using System.Buffers;
using System.Text.Json;

namespace Fast.Tokenizer.Datasets.Tokens;

/// <summary>See <see cref="TokenShardFormat.JsonLines"/>.</summary>
internal sealed class JsonLinesTokenWriter : TokenShardWriter
{
    private readonly Stream _stream;
    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly Utf8JsonWriter _json;

    public JsonLinesTokenWriter(Stream stream)
    {
        _stream = stream;
        _json = new Utf8JsonWriter(_lines);
    }

    public override async Task AppendAsync(TokenBlock block)
    {
        int at = 0;
        for (int i = 0; i < block.Lengths.Length; i++)
        {
            _json.WriteStartObject();
            _json.WriteStartArray("ids"u8);
            foreach (int id in block.Ids.AsSpan(at, block.Lengths[i])) _json.WriteNumberValue(id);
            _json.WriteEndArray();
            _json.WriteNumber("length"u8, block.Lengths[i]);
            _json.WriteString("episode"u8, block.Episode);
            _json.WriteNumber("episode_index"u8, block.EpisodeIndex);
            _json.WriteNumber("start_step"u8, block.Starts[i]);
            _json.WriteEndObject();
            _json.Flush();
            _json.Reset();
            _lines.Write("\n"u8);
            at += block.Lengths[i];
        }

        await _stream.WriteAsync(_lines.WrittenMemory).ConfigureAwait(false);
        _lines.ResetWrittenCount();
    }

    public override ValueTask CompleteAsync() => _json.DisposeAsync();
}
