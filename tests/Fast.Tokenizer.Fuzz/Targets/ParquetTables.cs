using Fast.Tokenizer.Datasets.ParquetFiles;
using Fast.Tokenizer.Tests;
using Parquet;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>A Parquet file: footer, page headers and pages of every compression.</summary>
internal sealed class ParquetTables() : RecordingTarget("parquet")
{
    public override int Cases => 2500;

    public override long UsualMemoryLimit(int length) => (16 << 20) + (2048L * length);

    public override IEnumerable<byte[]> Seeds()
    {
        float[] values = [.. Enumerable.Range(0, 36).Select(i => i * 0.25f)];
        foreach (CompressionMethod compression in (CompressionMethod[])[
            CompressionMethod.None, CompressionMethod.Snappy, CompressionMethod.Zstd, CompressionMethod.Gzip])
        {
            yield return Bytes(
                LeRobotFolder.Table(values, values, 3, 0, 0, 12).Without("task_index").Without("index").Add("repeated", new float[36], 3),
                compression, 8, 4);
        }
    }

    internal static byte[] Bytes(ParquetTable table, CompressionMethod compression, params int[] groups)
    {
        using var folder = new TemporaryFolder();
        table.WriteAsync(folder["x.parquet"], compression, groups).GetAwaiter().GetResult();
        return File.ReadAllBytes(folder["x.parquet"]);
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        using var file = new ParquetFile(Folder.Write("x.parquet", input));
        foreach (string name in file.Names)
        {
            ParquetColumn column = file.Find(name)!;
            foreach (ParquetRowGroup group in file.Footer.RowGroups)
            {
                Task<double[]> values = new ParquetColumnReader(file, column).ReadAsync(group, null, CancellationToken.None);
                foreach (double value in values.GetAwaiter().GetResult())
                    if (!double.IsFinite(value)) throw new FuzzFailure($"a value of {value} in {name}");
            }
        }
    }
}
