using System.Diagnostics;
using System.Globalization;
using System.Text;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>What one chunk costs by horizon, dimensions and vocabulary, and what training costs by the number of windows.</summary>
/// <remarks>
/// Generated motion, so that all shapes have the same kind of data. Medians of repeated passes; compare rows, not machines.
/// </remarks>
internal static class Scaling
{
    private const int Chunks = 64;
    private const int TrainingWindows = 8000;

    /// <summary>All tables, in Markdown.</summary>
    public static async Task<string> TablesAsync()
    {
        var text = new StringBuilder();
        text.AppendLine("| T | D | vocabulary | tokens | encode, us | ns per value | decode, us |").AppendLine("|---|---|---|---|---|---|---|");
        foreach (int horizon in (int[])[5, 10, 20, 50, 100, 200, 500, 1000]) text.AppendLine(await RowAsync(horizon, 14, 1024));
        foreach (int dimensions in (int[])[2, 7, 32, 64]) text.AppendLine(await RowAsync(50, dimensions, 1024));
        foreach (int vocabulary in (int[])[512, 2048, 4096, 8192]) text.AppendLine(await RowAsync(50, 14, vocabulary));

        text.AppendLine().AppendLine("| windows [50,14] | train, s | coefficients, s | vocabulary, s | us per window | peak memory so far, GB |");
        text.AppendLine("|---|---|---|---|---|---|");
        foreach (int windows in (int[])[1_000, 10_000, 100_000, 1_000_000])
        {
            MillionWindows.Run run = await MillionWindows.TrainAsync(windows);
            text.AppendLine(string.Create(CultureInfo.InvariantCulture,
                $"| {run.Windows} | {run.Seconds:F2} | {run.SecondsOf(TrainingStage.Coefficients):F2} | {run.SecondsOf(TrainingStage.Vocabulary):F2} | {run.Seconds / run.Windows * 1e6:F1} | {run.PeakGigabytes:F2} |"));
        }

        return text.ToString();
    }

    private static async Task<string> RowAsync(int horizon, int dimensions, int vocabulary)
    {
        int perEpisode = Math.Max(100, 4 * horizon);
        var source = new GeneratedEpisodes(Math.Max(8, TrainingWindows / perEpisode), perEpisode + horizon, dimensions, seed: 2);
        FastActionTokenizer tokenizer = (await new ActionTokenizerTrainer(new TrainingOptions
        {
            Horizon = horizon,
            Stride = Math.Max(1, horizon / 50),
            Vocabulary = new BpeTrainerOptions { VocabularySize = vocabulary },
        }).TrainAsync(source)).Tokenizer;

        var shape = new ActionShape(horizon, dimensions);
        var chunks = new List<float[]>();
        await foreach (Episode episode in new GeneratedEpisodes(Chunks, horizon, dimensions, seed: 3).ReadEpisodesAsync())
            chunks.Add([.. episode.Actions.ToArray().Select(value => (float)value)]);
        int[][] tokens = [.. chunks.Select(chunk => tokenizer.Encode(chunk, shape))];
        var buffer = new int[tokenizer.MaxTokenCount(shape)];
        var decoded = new float[shape.Count];

        double encode = Median(() =>
        {
            foreach (float[] chunk in chunks) tokenizer.Encode(chunk, shape, buffer);
        });
        double decode = Median(() =>
        {
            foreach (int[] ids in tokens) tokenizer.TryDecode(ids, shape, decoded);
        });
        return string.Create(CultureInfo.InvariantCulture,
            $"| {horizon} | {dimensions} | {tokenizer.VocabularySize} | {tokens.Average(ids => ids.Length):F1} | {encode:F2} | {encode * 1000 / shape.Count:F1} | {decode:F2} |");
    }

    // Microseconds per chunk: passes of a millisecond or more, after enough of them for the compiler to have settled.
    private static double Median(Action pass)
    {
        for (var warm = Stopwatch.StartNew(); warm.ElapsedMilliseconds < 800;) pass();
        var times = new List<double>();
        for (var total = Stopwatch.StartNew(); total.ElapsedMilliseconds < 300 || times.Count < 11;)
        {
            var watch = Stopwatch.StartNew();
            int passes = 0;
            do
            {
                pass();
                passes++;
            }
            while (watch.Elapsed.TotalMilliseconds < 2);
            times.Add(watch.Elapsed.TotalMicroseconds / passes / Chunks);
        }

        times.Sort();
        return times[times.Count / 2];
    }
}
