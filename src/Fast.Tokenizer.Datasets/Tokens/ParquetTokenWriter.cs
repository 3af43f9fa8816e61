using Parquet;
using Parquet.Schema;

namespace Fast.Tokenizer.Datasets.Tokens;

/// <summary>See <see cref="TokenShardFormat.Parquet"/>.</summary>
internal sealed class ParquetTokenWriter : TokenShardWriter
{
    // A row group is held in memory until it is full: a few megabytes.
    private const int GroupRows = 1 << 16;
    private const int GroupIds = 1 << 20;

    // Of a list without null in either place: the list is there, it has an element.
    private const int EmptyList = 1;
    private const int Element = 2;

    private static readonly DataField<int> _id = new("element");
    private static readonly DataField<int> _length = new("length");
    private static readonly DataField _episode = new("episode", typeof(string), isNullable: false);
    private static readonly DataField<int> _episodeIndex = new("episode_index");
    private static readonly DataField<int> _start = new("start_step");
    private static readonly ParquetSchema _schema = new(new ListField("ids", _id), _length, _episode, _episodeIndex, _start);

    private readonly List<int> _ids = [], _definitions = [], _repetitions = [], _lengths = [], _indices = [], _starts = [];
    private readonly List<string> _episodes = [];
    private readonly ParquetWriter _writer;

    private ParquetTokenWriter(ParquetWriter writer) => _writer = writer;

    public static async Task<ParquetTokenWriter> CreateAsync(Stream stream) => new(await ParquetWriter
        .CreateAsync(_schema, stream, new ParquetOptions { CompressionMethod = CompressionMethod.Snappy }).ConfigureAwait(false));

    public override async Task AppendAsync(TokenBlock block)
    {
        int at = 0;
        for (int i = 0; i < block.Lengths.Length; i++)
        {
            int length = block.Lengths[i];
            _ids.AddRange(block.Ids.AsSpan(at, length));
            for (int j = 0; j < Math.Max(1, length); j++)
            {
                _definitions.Add(length == 0 ? EmptyList : Element);
                _repetitions.Add(j == 0 ? 0 : 1);
            }

            _lengths.Add(length);
            _episodes.Add(block.Episode);
            _indices.Add(block.EpisodeIndex);
            _starts.Add(block.Starts[i]);
            at += length;
            if (_lengths.Count == GroupRows || _ids.Count >= GroupIds) await FlushAsync().ConfigureAwait(false);
        }
    }

    public override async ValueTask CompleteAsync()
    {
        await FlushAsync().ConfigureAwait(false);

        // Writes the end of the file.
        await _writer.DisposeAsync().ConfigureAwait(false);
    }

    private async Task FlushAsync()
    {
        if (_lengths.Count == 0) return;

        using (ParquetRowGroupWriter group = _writer.CreateRowGroup())
        {
            await group.WriteAllPartsAsync<int>(_id, _ids.ToArray(), _definitions.ToArray(), _repetitions.ToArray(), CancellationToken.None)
                .ConfigureAwait(false);
            await group.WriteAsync<int>(_length, _lengths.ToArray()).ConfigureAwait(false);
            await group.WriteAsync(_episode, _episodes).ConfigureAwait(false);
            await group.WriteAsync<int>(_episodeIndex, _indices.ToArray()).ConfigureAwait(false);
            await group.WriteAsync<int>(_start, _starts.ToArray()).ConfigureAwait(false);
            group.CompleteValidate();
        }

        foreach (List<int> column in (List<int>[])[_ids, _definitions, _repetitions, _lengths, _indices, _starts]) column.Clear();
        _episodes.Clear();
    }
}
