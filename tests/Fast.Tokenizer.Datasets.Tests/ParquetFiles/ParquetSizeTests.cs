using System.Buffers;
using Fast.Tokenizer.Datasets.ParquetFiles;
using Parquet.Meta;

namespace Fast.Tokenizer.Datasets.Tests.ParquetFiles;

/// <summary>Sizes that a small file cannot have are refused before memory is taken for them.</summary>
public sealed class ParquetSizeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_file_that_the_others_are_made_from_is_read()
    {
        using var file = new ParquetFile(Write(new Sizes()));
        double[] values = await new ParquetColumnReader(file, file.Find("c")!).ReadAsync(
            file.Footer.RowGroups[0], 1, TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3], values);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Lists_in_pages_of_the_second_kind_are_read(bool isCompressed)
    {
        float[] numbers = [1, 2.5f, -3, 4];
        byte[] values = [.. numbers.SelectMany(BitConverter.GetBytes)];
        if (isCompressed) values = Snappier.Snappy.CompressToArray(values);
        // The levels 0 1 0 1 as eight bits; four times the level 3.
        byte[] body = [3, 0b1010, 8, 3, .. values];
        using var file = new ParquetFile(Write(new Sizes
        {
            IsListOfSecondKind = true,
            Body = body,
            GrownBytes = isCompressed ? 4 + (4 * sizeof(float)) : null,
            Values = 4,
            PageValues = 4,
            Rows = 2,
        }));
        double[] read = await new ParquetColumnReader(file, file.Find("c")!).ReadAsync(
            file.Footer.RowGroups[0], 2, TestContext.Current.CancellationToken);
        Assert.Equal([1, 2.5, -3, 4], read);
    }

    [Fact]
    public Task A_length_within_a_page_that_is_not_its_own() => Refuses(
        new Sizes { GrownBytes = 12, Body = [0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0, 1] },
        ", column 'c': a page is damaged: it holds 2147483647 bytes where its header says 12");

    [Fact]
    public Task A_footer_longer_than_the_file() => Refuses(
        new Sizes { FooterBytes = int.MaxValue }, ": is no whole Parquet file: a footer of 2147483647 bytes is announced in ");

    [Fact]
    public Task More_rows_than_the_file_can_hold() =>
        Refuses(new Sizes { Rows = 1L << 40 }, ": is no whole Parquet file: row group 0 announces 1099511627776 rows, more than ");

    [Fact]
    public Task More_values_than_the_file_can_hold() => Refuses(
        new Sizes { Values = int.MaxValue }, ": is no whole Parquet file: row group 0, column 'c' announces 2147483647 values, more than ");

    [Fact]
    public Task A_chunk_longer_than_the_file() => Refuses(
        new Sizes { ChunkBytes = int.MaxValue },
        ": is no whole Parquet file: row group 0, column 'c': 2147483647 bytes from 4 on are not within ");

    [Fact]
    public Task A_chunk_that_starts_behind_the_end() =>
        Refuses(new Sizes { Start = long.MaxValue }, ": is no whole Parquet file: row group 0, column 'c': ");

    [Fact]
    public Task A_chunk_that_starts_before_the_file() => Refuses(
        new Sizes { Start = -5 }, ": is no whole Parquet file: row group 0, column 'c': ");

    [Fact]
    public Task A_page_longer_than_its_chunk() =>
        Refuses(new Sizes { PageBytes = int.MaxValue }, ", column 'c': a page announces 2147483647 bytes where ");

    [Fact]
    public Task A_page_of_negative_length() => Refuses(new Sizes { PageBytes = -1 }, ", column 'c': a page announces -1 bytes where ");

    [Fact]
    public Task A_page_that_is_said_to_grow_beyond_its_values() =>
        Refuses(new Sizes { GrownBytes = int.MaxValue }, ", column 'c': a page of 3 values announces 2147483647 bytes");

    [Fact]
    public Task A_page_of_more_values_than_its_chunk() =>
        Refuses(new Sizes { PageValues = int.MaxValue }, ", column 'c': a page announces 2147483647 values where 3 are left");

    [Fact]
    public Task A_page_of_fewer_values_than_its_chunk() =>
        Refuses(new Sizes { PageValues = 2 }, ", column 'c': its pages end before the last 1 of 3 values");

    [Fact]
    public Task Fewer_values_than_rows() => Refuses(
        new Sizes { Rows = 4 }, ", column 'c': there are 3 rows from row 0 on where 4 are announced");

    [Fact]
    public Task Pages_that_hold_less_than_they_say() =>
        Refuses(new Sizes { Rows = 4, Values = 4, PageValues = 4 }, ", column 'c': a page in rows 0 to 3 ends early");

    [Fact]
    public Task An_encoding_that_there_is_not() => Refuses(
        new Sizes { Encoding = 77 }, ", column 'c': a page is damaged: encoding 77 is not supported.");

    [Fact]
    public Task A_dictionary_that_is_not_there() => Refuses(
        new Sizes { Encoding = (int)Encoding.RLE_DICTIONARY }, ", column 'c': a page is damaged: ");

    [Fact]
    public Task Blocks_of_differences_larger_than_any() => Refuses(
        new Sizes
        {
            Type = Parquet.Meta.Type.INT32,
            Encoding = (int)Encoding.DELTA_BINARY_PACKED,
            Body = [0xFF, 0xFF, 0xFF, 0xFF, 0x07, 1, 3, 0, 0, 0, 0, 0],
        },
        ", column 'c': a page of 3 values announces 3, in blocks of 2147483647 and 1 parts");

    [Fact]
    public Task A_column_of_texts() => Refuses(
        new Sizes { Type = Parquet.Meta.Type.BYTE_ARRAY }, ", column 'c': holds BYTE_ARRAY where numbers are expected");

    private async Task Refuses(Sizes sizes, string problem)
    {
        string path = Write(sizes);
        var refused = await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            using var file = new ParquetFile(path);
            await new ParquetColumnReader(file, file.Find("c")!).ReadAsync(
                file.Footer.RowGroups[0], 1, TestContext.Current.CancellationToken);
        });
        Assert.StartsWith($"file '{path}'{problem}", refused.Message, StringComparison.Ordinal);
    }

    // A file of one column of three required numbers, one of whose sizes is not true.
    private string Write(Sizes sizes)
    {
        var file = new ArrayBufferWriter<byte>();
        file.Write("PAR1"u8);
        byte[] body = sizes.Body ?? [.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f), .. BitConverter.GetBytes(3f)];
        var page = new ThriftWriter(file);
        page.Int32(1, (int)(sizes.IsListOfSecondKind ? PageType.DATA_PAGE_V2 : PageType.DATA_PAGE));
        page.Int32(2, sizes.GrownBytes ?? body.Length);
        page.Int32(3, sizes.PageBytes ?? body.Length);
        ThriftWriter data = page.Structure(sizes.IsListOfSecondKind ? 8 : 5);
        data.Int32(1, sizes.PageValues ?? 3);
        if (sizes.IsListOfSecondKind)
        {
            data.Int32(4, sizes.Encoding);
            data.Int32(5, 2);
            data.Int32(6, 2);
        }
        else
        {
            data.Int32(2, sizes.Encoding);
            data.Int32(3, (int)Encoding.RLE);
            data.Int32(4, (int)Encoding.RLE);
        }

        data.End();
        page.End();
        file.Write(body);
        int end = file.WrittenCount;

        var footer = new ThriftWriter(file);
        footer.Int32(1, 1);
        footer.List(2, ThriftType.Structure, sizes.IsListOfSecondKind ? 4 : 2);
        Element("root"u8, FieldRepetitionType.REQUIRED, null);
        if (sizes.IsListOfSecondKind)
        {
            Element("c"u8, FieldRepetitionType.OPTIONAL, null);
            Element("list"u8, FieldRepetitionType.REPEATED, null);
            Element("element"u8, FieldRepetitionType.OPTIONAL, sizes.Type);
        }
        else
        {
            Element("c"u8, FieldRepetitionType.REQUIRED, sizes.Type);
        }

        footer.Int64(3, 3);
        footer.List(4, ThriftType.Structure, 1);
        var group = new ThriftWriter(file);
        group.List(1, ThriftType.Structure, 1);
        var chunk = new ThriftWriter(file);
        ThriftWriter metadata = chunk.Structure(3);
        metadata.Int32(1, (int)sizes.Type);
        metadata.Int32(4, (int)(sizes.GrownBytes is null ? CompressionCodec.UNCOMPRESSED : CompressionCodec.SNAPPY));
        metadata.Int64(5, sizes.Values ?? 3);
        metadata.Int64(7, sizes.ChunkBytes ?? end - 4);
        metadata.Int64(9, sizes.Start ?? 4);
        metadata.End();
        chunk.End();
        group.Int64(3, sizes.Rows ?? 3);
        group.End();
        footer.End();
        file.Write(BitConverter.GetBytes(sizes.FooterBytes ?? file.WrittenCount - end));
        file.Write("PAR1"u8);
        return _folder.Write("c.parquet", file.WrittenSpan.ToArray());

        void Element(ReadOnlySpan<byte> name, FieldRepetitionType repetition, Parquet.Meta.Type? type)
        {
            var element = new ThriftWriter(file);
            if (type is { } leaf) element.Int32(1, (int)leaf);
            element.Int32(3, (int)repetition);
            element.Text(4, name);
            if (type is null) element.Int32(5, 1);
            element.End();
        }
    }

    // Null is the truth.
    private sealed record Sizes
    {
        public Parquet.Meta.Type Type { get; init; } = Parquet.Meta.Type.FLOAT;

        public int Encoding { get; init; } = (int)Parquet.Meta.Encoding.PLAIN;

        public byte[]? Body { get; init; }

        public bool IsListOfSecondKind { get; init; }

        public int? FooterBytes { get; init; }

        public long? Rows { get; init; }

        public long? Values { get; init; }

        public long? ChunkBytes { get; init; }

        public long? Start { get; init; }

        public int? PageBytes { get; init; }

        public int? GrownBytes { get; init; }

        public int? PageValues { get; init; }
    }
}
