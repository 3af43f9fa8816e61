using System.Diagnostics;
using System.Globalization;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>Encodes and decodes millions of chunks on more threads than cores and watches the memory, which must stay flat.</summary>
/// <remarks>
/// Two tokenizers, one per alphabet, and a robot's view of each; now and then more horizons than a tokenizer keeps plans for, another
/// encoding mode, a batch, a stream; both widths. Each result is compared with that of one thread before.
/// </remarks>
internal static class Soak
{
    private const int Dimensions = 7, Chunks = 8, Rows = 20;

    // One in so many. Other modes cost ten to a thousand times as much; a horizon too many makes all plans anew; a batch allocates.
    private const int ModeEvery = 64, StreamEvery = 16, BatchEvery = 2048, RareHorizonEvery = 4096;

    // Beyond what the first row shows, when plans and pools are filled. The collector gives memory back to the system when it likes.
    private const double MostHeapGrowth = 4e6, MostWorkingSetGrowth = 64e6;

    // A tokenizer keeps the plans of 16.
    private static readonly int[] _horizons = [1, 2, 3, 5, 8, 10, 12, 15, 16, 20, 24, 25, 30, 32, 50, 100];
    private static readonly int[] _rareHorizons = [7, 40, 45, 64];

    private static readonly EncodeMode[] _modes =
    [
        EncodeMode.Shortest, EncodeMode.RateDistortion(0.7), EncodeMode.Sampled(5), EncodeMode.MaxError(0.2), EncodeMode.MaxRmse(0.1),
    ];

    /// <summary>Runs, and prints a row of figures twenty times.</summary>
    /// <param name="arguments"><c>--count N</c>: how many encodes, and as many decodes; ten million where it is not given.</param>
    /// <returns>The exit code: 0; 1 where the memory grew or an id differed; 2 for wrong usage.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        long count = 10_000_000;
        bool isUsage = arguments is ["--count", var text]
            ? long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count >= Rows
            : arguments is [];
        if (!isUsage)
        {
            await Console.Error.WriteLineAsync($"usage: soak [--count N], of {Rows} or more");
            return 2;
        }

        Works works = await WorksAsync();
        int threads = 4 * Environment.ProcessorCount;
        Print($"{count} encodes and decodes on {threads} threads, {works.All.Count()} kinds of chunk");
        Print($"| encodes | seconds | working set, MB | heap, MB | allocated per encode, bytes | full collections |");
        Print($"|---|---|---|---|---|---|");
        var watch = Stopwatch.StartNew();
        (double Heap, double WorkingSet) first = default, largest = default;
        long done = 0, wrong = 0;
        for (int row = 1; row <= Rows; row++)
        {
            long until = count * row / Rows, allocated = GC.GetTotalAllocatedBytes(precise: true);
            wrong += Round(works, done, until, threads);
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            double heap = GC.GetTotalMemory(forceFullCollection: true);
            using var process = Process.GetCurrentProcess();
            double set = process.WorkingSet64;
            double each = (double)allocated / (until - done), seconds = watch.Elapsed.TotalSeconds;
            Print($"| {until} | {seconds:F0} | {set / 1e6:F1} | {heap / 1e6:F2} | {each:F2} | {GC.CollectionCount(2)} |");
            if (row == 1) first = (heap, set);
            largest = (Math.Max(largest.Heap, heap), Math.Max(largest.WorkingSet, set));
            done = until;
        }

        (double heapGrowth, double setGrowth) = (largest.Heap - first.Heap, largest.WorkingSet - first.WorkingSet);
        bool isFlat = heapGrowth <= MostHeapGrowth && setGrowth <= MostWorkingSetGrowth;
        string verdict = isFlat ? "flat" : "it leaks";
        Print($"grown since the first row by at most {heapGrowth / 1e6:F2} MB of heap, {setGrowth / 1e6:F1} MB of working set: {verdict}");
        if (wrong > 0) Print($"{wrong} results differ from those of one thread");
        return isFlat && wrong == 0 ? 0 : 1;
    }

    private static long Round(Works works, long from, long until, int threads)
    {
        long wrong = 0;
        var running = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            long first = from + ((until - from) * i / threads), last = from + ((until - from) * (i + 1) / threads);
            running[i] = new Thread(() =>
            {
                var hand = new Hand(works);
                for (long n = first; n < last; n++)
                {
                    if (!hand.IsSame(n)) Interlocked.Increment(ref wrong);
                }
            });
            running[i].Start();
        }

        foreach (Thread thread in running) thread.Join();
        return wrong;
    }

    private static async Task<Works> WorksAsync()
    {
        List<Work> plain = [], chosen = [], rare = [];
        foreach (AlphabetKind alphabet in (AlphabetKind[])[AlphabetKind.Integer, AlphabetKind.ByteLevel])
        {
            FastTokenizerDefinition trained = (await new ActionTokenizerTrainer(new TrainingOptions
            {
                Horizon = 20,
                Alphabet = alphabet,
                Vocabulary = new BpeTrainerOptions { VocabularySize = 1024 },
            }).TrainAsync(new GeneratedEpisodes(40, 200, Dimensions, seed: 4))).Tokenizer.Definition;
            FastTokenizerDefinition shared = trained with
            {
                Metadata = new ActionMetadata(),
                Embodiments = new Dictionary<string, Embodiment>
                {
                    ["plain"] = new() { Normalizer = ActionNormalizer.Identity(Dimensions) },
                },
            };
            var alone = new FastActionTokenizer(shared);
            var tokenizer = new FastActionTokenizer(shared);
            foreach (int horizon in (int[])[.. _horizons, .. _rareHorizons])
            {
                var shape = new ActionShape(horizon, Dimensions);
                double[][] chunks = await ChunksAsync(horizon);
                for (int i = 0; i < Chunks; i++)
                {
                    (FastActionTokenizer view, FastActionTokenizer reference) =
                        i % 4 == 3 ? (tokenizer.For("plain"), alone.For("plain")) : (tokenizer, alone);
                    bool isRare = _rareHorizons.Contains(horizon);
                    (isRare ? rare : plain).Add(new Work(view, reference, shape, EncodeMode.Canonical, chunks[i]));
                    if (i < _modes.Length && !isRare && horizon <= 25) chosen.Add(new Work(view, reference, shape, _modes[i], chunks[i]));
                }
            }
        }

        return new Works([.. plain], [.. chosen], [.. rare]);
    }

    private static async Task<double[][]> ChunksAsync(int horizon)
    {
        var chunks = new List<double[]>();
        await foreach (Episode episode in new GeneratedEpisodes(Chunks, horizon, Dimensions, seed: 5).ReadEpisodesAsync())
            chunks.Add(episode.Actions.ToArray());
        return [.. chunks];
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>A chunk, and what it gives alone.</summary>
    private sealed class Work
    {
        public Work(FastActionTokenizer tokenizer, FastActionTokenizer alone, ActionShape shape, EncodeMode mode, double[] actions)
        {
            Tokenizer = tokenizer;
            Shape = shape;
            Options = new EncodeOptions { Mode = mode, OutOfRange = OutOfRangePolicy.Clamp };
            Actions = actions;
            Singles = [.. actions.Select(value => (float)value)];
            Ids = alone.EncodeBatch(actions, shape, Options)[0];
            IdsOfSingles = alone.EncodeBatch(Singles, shape, Options)[0];
            Decoded = new double[shape.Count];
            alone.Decode(Ids, shape, Decoded);
        }

        public FastActionTokenizer Tokenizer { get; }

        public ActionShape Shape { get; }

        public EncodeOptions Options { get; }

        public double[] Actions { get; }

        public float[] Singles { get; }

        public int[] Ids { get; }

        public int[] IdsOfSingles { get; }

        public double[] Decoded { get; }
    }

    private sealed record Works(Work[] Plain, Work[] Chosen, Work[] Rare)
    {
        public IEnumerable<Work> All => [.. Plain, .. Chosen, .. Rare];

        // A stride of its own length, so that the threads come to a chunk in another order each time round.
        public Work Of(long n)
        {
            Work[] works = n % RareHorizonEvery == 1 ? Rare : n % ModeEvery == 3 ? Chosen : Plain;
            return works[n * 7919 % works.Length];
        }
    }

    /// <summary>What one thread writes into.</summary>
    private sealed class Hand(Works works)
    {
        private readonly int[] _tokens = new int[works.All.Max(work => work.Tokenizer.MaxTokenCount(work.Shape))];
        private readonly double[] _decoded = new double[works.All.Max(work => work.Shape.Count)];
        private readonly Dictionary<Work, StreamingActionDecoder> _streams = [];

        public bool IsSame(long n)
        {
            Work work = works.Of(n);
            if (n % BatchEvery == 0)
                return work.Tokenizer.EncodeBatch(work.Actions, work.Shape, work.Options)[0].AsSpan().SequenceEqual(work.Ids);
            bool isSingle = n % 2 == 1;
            int count = isSingle
                ? work.Tokenizer.Encode(work.Singles, work.Shape, _tokens, work.Options).Count
                : work.Tokenizer.Encode(work.Actions, work.Shape, _tokens, work.Options).Count;
            int[] expected = isSingle ? work.IdsOfSingles : work.Ids;
            Span<double> decoded = _decoded.AsSpan(0, work.Shape.Count);
            if (n % StreamEvery == 0) Stream(work, decoded);
            else work.Tokenizer.TryDecode(work.Ids, work.Shape, decoded);
            return _tokens.AsSpan(0, count).SequenceEqual(expected) && decoded.SequenceEqual(work.Decoded);
        }

        private void Stream(Work work, Span<double> decoded)
        {
            if (!_streams.TryGetValue(work, out StreamingActionDecoder? stream))
                _streams[work] = stream = new StreamingActionDecoder(work.Tokenizer, work.Shape);
            stream.Reset();
            foreach (int id in work.Ids) stream.Push(id);
            stream.Read(decoded);
        }
    }
}
