using Fast.Tokenizer;
using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Datasets.NumPy;
using Fast.Tokenizer.Datasets.Tokens;
using Fast.Tokenizer.Training;
using Parquet;

// What a trainer does with the package: read recordings, train, write ids. The argument, where there is one, is a LeRobot folder, which
// may be incomplete.
var check = new Check();
string folder = Directory.CreateTempSubdirectory().FullName;
try
{
    string recording = Path.Combine(folder, "motion.npy"), table = Path.Combine(folder, "motion.csv");
    double[] motion = [.. Enumerable.Range(0, 2 * 400).Select(i => Math.Sin((i / 2 * 0.1) + (i % 2)))];
    using (var writer = new NpyStreamWriter(recording, isFloat32: false, [2]))
    {
        writer.Append(motion);
        writer.Complete();
    }

    File.WriteAllLines(table, ["action.a,action.b", .. Enumerable.Range(0, 400).Select(t => $"{motion[2 * t]:R},{motion[(2 * t) + 1]:R}")]);
    check.That(NpyReader.Read(recording).Data.Span.SequenceEqual(motion), "an .npy file comes back");

    FastActionTokenizer tokenizer = await TrainAsync(recording, EpisodeDatasetOptions.Default, "npy");
    await TrainAsync(table, new EpisodeDatasetOptions { EpisodeKey = "" }, "csv");
    await WriteAsync(tokenizer, recording, EpisodeDatasetOptions.Default, TokenShardFormat.JsonLines);
    await WriteAsync(tokenizer, recording, EpisodeDatasetOptions.Default, TokenShardFormat.Parquet);
    if (args is [var robot])
    {
        var options = new EpisodeDatasetOptions { SkipBad = _ => { } };
        tokenizer = await TrainAsync(robot, options, "LeRobot");
        await WriteAsync(tokenizer, robot, options, TokenShardFormat.Parquet);
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

return check.Failed ? 1 : 0;

async Task<FastActionTokenizer> TrainAsync(string path, EpisodeDatasetOptions options, string format)
{
    var trainer = new ActionTokenizerTrainer(new TrainingOptions { Horizon = 10 });
    FastActionTokenizer tokenizer = (await trainer.TrainAsync(EpisodeDataset.Open(path, options))).Tokenizer;
    string saved = Path.Combine(folder, format);
    tokenizer.Save(saved);
    Check.Print(saved);
    check.That(tokenizer.VocabularySize > 0, $"{format}: {tokenizer.VocabularySize} tokens");
    return FastActionTokenizer.Load(saved);
}

async Task WriteAsync(FastActionTokenizer tokenizer, string path, EpisodeDatasetOptions options, TokenShardFormat format)
{
    string written = Path.Combine(folder, Path.GetRandomFileName());
    var writer = new DatasetTokenizer(tokenizer, new DatasetTokenizerOptions { Format = format });
    DatasetTokenizerResult result = await writer.RunAsync(EpisodeDataset.Open(path, options), written);

    // Bytes of Parquet depend on what its compression finds in the processor; the ids in it may not.
    if (format == TokenShardFormat.Parquet) await PrintIdsAsync(Path.Combine(written, result.Files[0]), (int)result.Tokens);
    else Check.Print(written);
    check.That(result.Chunks > 0 && result.Files.Count > 0, $"{result.Tokens} ids of {result.Chunks} chunks as {format}");
}

static async Task PrintIdsAsync(string file, int count)
{
    await using FileStream stream = File.OpenRead(file);
    await using ParquetReader reader = await ParquetReader.CreateAsync(stream);
    int[] ids = new int[count];
    using ParquetRowGroupReader rows = reader.OpenRowGroupReader(0);
    await rows.ReadRawAsync(reader.Schema.DataFields[0], ids.AsMemory(), new int[count], new int[count]);
    Console.WriteLine(string.Join(' ', ids));
}
