using Fast.Tokenizer;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Training;
using QuickStart;

// 1. Recorded episodes: each a matrix of steps by joints. Here they are synthetic; Fast.Tokenizer.Datasets reads real ones from files.
IReadOnlyList<Episode> episodes = ReachingMotion.Generate();
ActionMetadata arm = ReachingMotion.Metadata;
var recordings = new EpisodeList(episodes)
{
    Rate = arm.Rate,
    DimensionNames = arm.DimensionNames,
    DimensionUnits = arm.DimensionUnits,
};

// 2. Train on chunks of one second, and keep a fifth of the episodes back to see how well unseen motion comes through.
var trainer = new ActionTokenizerTrainer(new TrainingOptions { Horizon = 20, HoldoutFraction = 0.2 });
(FastActionTokenizer tokenizer, FidelityReport? heldOut) = await trainer.TrainAsync(recordings);
TrainingFacts facts = tokenizer.Definition.Training!;
FidelityReport report = heldOut!;

Console.WriteLine($"Trained on {facts.Windows} chunks of {facts.Episodes} episodes: {tokenizer.VocabularySize} tokens.");
Console.WriteLine($"Measured on {report.Chunks} chunks of the {facts.HeldOutEpisodes} episodes held out.");
Console.WriteLine();

// 3. Encode one second of motion, and decode it.
float[,] chunk = ChunkOf(episodes[^1], firstStep: 20, steps: 20);
int[] tokens = tokenizer.Encode(chunk);
float[,] decoded = tokenizer.Decode(tokens);

Console.WriteLine($"chunk             [{chunk.GetLength(0)},{chunk.GetLength(1)}], {chunk.Length} values");
Console.WriteLine($"tokens            {string.Join(" ", tokens)}");
Console.WriteLine($"decoded           [{decoded.GetLength(0)},{decoded.GetLength(1)}], largest difference {LargestDifference(chunk, decoded)}");
Console.WriteLine();

// 4. What it costs and what it loses, over all held-out chunks.
Console.WriteLine($"tokens per chunk  mean {report.MeanTokens:F1}, p99 {report.P99Tokens:F0}");
Console.WriteLine($"compression       {report.CompressionRatio:F1} times fewer tokens than one per value");
Console.WriteLine();
Console.WriteLine($"{"joint",-16}{"RMSE",10}{"largest",10}  unit");
foreach (FidelityDimension joint in report.PerDimension)
    Console.WriteLine($"{joint.Name,-16}{joint.Rmse,10:F4}{joint.MaxError,10:F4}  {joint.Unit}");
Console.WriteLine();

// 5. Keep it.
Console.WriteLine("""tokenizer.Save("my-arm") writes a folder that FastActionTokenizer.Load and Python's AutoProcessor read.""");

static float[,] ChunkOf(Episode episode, int firstStep, int steps)
{
    var chunk = new float[steps, episode.Dimensions];
    for (int t = 0; t < steps; t++)
        for (int d = 0; d < episode.Dimensions; d++) chunk[t, d] = (float)episode.Actions.Span[((firstStep + t) * episode.Dimensions) + d];
    return chunk;
}

string LargestDifference(float[,] sent, float[,] received)
{
    (float size, int step, int joint) largest = default;
    for (int t = 0; t < sent.GetLength(0); t++)
        for (int d = 0; d < sent.GetLength(1); d++)
            if (MathF.Abs(sent[t, d] - received[t, d]) is var size && size > largest.size) largest = (size, t, d);
    return $"{largest.size:F4} {arm.DimensionUnits![largest.joint]} ({arm.DimensionNames![largest.joint]} at step {largest.step})";
}
