using System.Text;
using Fast.Tokenizer.Datasets.NumPy;

namespace Fast.Tokenizer.Datasets.Tests.NumPy;

public sealed class NpyWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // As numpy 1.24 writes them: magic, version, length, and the dict padded with blanks to a multiple of 64 bytes.
    [Theory]
    [InlineData("<f4", "(10, 7)", 10, 7)]
    [InlineData("<f8", "(2, 3, 4)", 2, 3, 4)]
    [InlineData("<f8", "(5,)", 5)]
    [InlineData("<f4", "(0, 7)", 0, 7)]
    [InlineData("<f8", "()")]
    public void The_file_is_that_of_numpy(string descr, string shapeText, params int[] shape)
    {
        int count = shape.Aggregate(1, (product, length) => product * length);
        string path = _folder.File("x.npy");
        if (descr == "<f4") NpyWriter.Write(path, Enumerable.Range(0, count).Select(i => i * 0.25f).ToArray(), shape);
        else NpyWriter.Write(path, Enumerable.Range(0, count).Select(i => i * 0.25).ToArray(), shape);

        string dict = $"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shapeText}, }}";
        byte[] header = [0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(dict.PadRight(117) + "\n")];
        byte[] data = [.. Enumerable.Range(0, count).SelectMany(
            i => descr == "<f4" ? BitConverter.GetBytes(i * 0.25f) : BitConverter.GetBytes(i * 0.25))];
        Assert.Equal([.. header, .. data], File.ReadAllBytes(path));
    }

    [Fact]
    public void The_header_grows_by_64_bytes_for_a_long_shape()
    {
        string path = _folder.File("x.npy");
        NpyWriter.Write(path, new double[1], [.. Enumerable.Repeat(1, 30)]);
        Assert.Equal(192 + 8, new FileInfo(path).Length);
        Assert.Equal(Enumerable.Repeat(1, 30), NpyReader.Read(path).Shape);
    }

    [Fact]
    public void What_is_written_is_read()
    {
        var random = new Random(9);
        string path = _folder.File("x.npy");
        for (int round = 0; round < 60; round++)
        {
            int[] shape = [.. Enumerable.Range(0, random.Next(0, 5)).Select(_ => random.Next(0, 12))];
            int count = shape.Aggregate(1, (product, length) => product * length);
            double[] wide = [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() * 1e3 - 500)];
            float[] narrow = [.. wide.Select(value => (float)value)];

            NpyWriter.Write(path, wide, shape);
            NpyArray array = NpyReader.Read(path);
            Assert.Equal(shape, array.Shape);
            Assert.Equal(wide, array.Data.ToArray());
            Assert.False(array.IsFloat32);

            NpyWriter.Write(path, narrow, shape);
            array = NpyReader.Read(path);
            Assert.Equal(shape, array.Shape);
            Assert.Equal(narrow, array.Data.ToArray().Select(value => (float)value));
            Assert.True(array.IsFloat32);
        }
    }

    [Theory]
    [InlineData(6, 2, 2)]
    [InlineData(0)]
    [InlineData(1, 0)]
    [InlineData(4, -2, -2)]
    [InlineData(0, 65536, 65536)]
    [InlineData(1, 641, 6700417)]
    public void A_shape_that_the_values_do_not_fill_is_refused(int count, params int[] shape)
    {
        string path = _folder.File("x.npy");
        Assert.Throws<ArgumentException>(() => NpyWriter.Write(path, new double[count], shape));
        Assert.Throws<ArgumentException>(() => NpyWriter.Write(path, new float[count], shape));
        Assert.Empty(_folder.FileNames());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_stream_of_items_becomes_the_file_that_is_written_at_once(bool isFloat32)
    {
        float[] values = [.. Enumerable.Range(0, 1200 * 6).Select(i => i * 0.1f)];
        double[] wide = [.. values.Select(value => (double)value)];
        string streamed = _folder.File("streamed.npy"), whole = _folder.File("whole.npy");
        if (isFloat32) NpyWriter.Write(whole, values, [1200, 3, 2]);
        else NpyWriter.Write(whole, wide, [1200, 3, 2]);

        using (NpyStreamWriter writer = new(streamed, isFloat32, [3, 2]))
        {
            writer.Append(values.AsSpan(0, 6));
            writer.Append(wide.AsSpan(6, 6 * 600));
            writer.Append(ReadOnlySpan<float>.Empty);
            writer.Append(values.AsSpan(6 * 601));
            Assert.Equal(1200, writer.Count);
            Assert.False(File.Exists(streamed));
            writer.Complete();
        }

        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(streamed));
    }

    [Fact]
    public void A_stream_of_no_items_is_an_array_of_length_zero()
    {
        using NpyStreamWriter writer = new(_folder.File("x.npy"), isFloat32: true, [5, 7]);
        writer.Complete();
        Assert.Equal([0, 5, 7], NpyReader.Read(_folder.File("x.npy")).Shape);
    }

    [Fact]
    public void A_stream_that_is_not_completed_leaves_the_old_file_and_nothing_else()
    {
        string path = _folder.Write("x.npy", "old");
        using (NpyStreamWriter writer = new(path, isFloat32: false, [2]))
        {
            writer.Append([1.0, 2.0]);
            Assert.Throws<ArgumentException>(() => writer.Append([1.0, 2.0, 3.0]));
        }

        Assert.Equal(["x.npy"], _folder.FileNames());
        Assert.Equal("old", File.ReadAllText(path));
    }

    [Fact]
    public void A_completed_stream_takes_no_more()
    {
        using NpyStreamWriter writer = new(_folder.File("x.npy"), isFloat32: false, []);
        writer.Append([1.0]);
        writer.Complete();
        Assert.Throws<InvalidOperationException>(() => writer.Append([1.0]));
        Assert.Throws<InvalidOperationException>(writer.Complete);
        Assert.Equal([1], NpyReader.Read(_folder.File("x.npy")).Data.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1, -1)]
    [InlineData(65536, 65536)]
    public void An_item_must_have_a_size(params int[] itemShape)
    {
        Assert.Throws<ArgumentException>(() => new NpyStreamWriter(_folder.File("x.npy"), isFloat32: false, itemShape));
        Assert.Empty(_folder.FileNames());
    }

    [Fact]
    public void A_file_is_replaced_and_nothing_stays_beside_it()
    {
        string path = _folder.Write("x.npy", new byte[10_000]);
        NpyWriter.Write(path, [1.5f], []);
        Assert.Equal(["x.npy"], _folder.FileNames());
        Assert.Equal(128 + 4, new FileInfo(path).Length);
    }
}
