using Fast.Tokenizer;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Training;
using Xunit;

namespace RoundTripCheck;

/// <summary>
/// Copy this project into your repository: it fails the build on the day a tokenizer no longer reproduces the motion that was recorded.
/// </summary>
/// <remarks>
/// <para>Put your own tokenizer and recording in the two members below; limits are in the units of your robot. What is missed is named with
/// its figure, the limit, and the episode, step and dimension where it is worst.</para>
/// <para><c>dotnet run</c> in this folder runs it. <c>dotnet test</c> does too where a <c>global.json</c> above it says
/// <c>"test": { "runner": "Microsoft.Testing.Platform" }</c>.</para>
/// </remarks>
public sealed class RoundTripTests
{
    private static readonly FidelityGate _gate = new()
    {
        MaxRmseNormalized = 0.03,
        MaxP99Tokens = 40,
        MaxMeanTokens = 25,
        MaxClipped = 0,
        Dimensions = new Dictionary<string, FidelityLimits>
        {
            ["shoulder"] = new(MaxError: 0.1, MaxBias: 0.001),
            ["gripper"] = new(MaxError: 0.005),
        },
    };

    // FastActionTokenizer.Load("path/to/tokenizer")
    private static async Task<FastActionTokenizer> TokenizerAsync(IEpisodeSource recording) =>
        (await new ActionTokenizerTrainer(new TrainingOptions { Horizon = 25 }).TrainAsync(recording)).Tokenizer;

    // Fast.Tokenizer.Datasets.EpisodeDataset.Open("path/to/episodes.npz")
    private static IEpisodeSource Recording() => new EpisodeList([.. Enumerable.Range(0, 8).Select(Reach)])
    {
        DimensionNames = ["shoulder", "gripper"],
        DimensionUnits = ["rad", "m"],
        Rate = 25,
    };

    [Fact]
    public async Task The_tokenizer_reproduces_the_recorded_motion()
    {
        IEpisodeSource recording = Recording();
        FastActionTokenizer tokenizer = await TokenizerAsync(recording);
        var shape = new ActionShape(tokenizer.Definition.Metadata.Horizon!.Value, tokenizer.Definition.Metadata.Dimensions!.Value);
        var evaluator = new FidelityEvaluator(tokenizer, shape, tokenizer.Definition.Normalizer, tokenizer.Definition.Metadata);
        await foreach (Episode recorded in recording.ReadEpisodesAsync(TestContext.Current.CancellationToken))
        {
            Episode episode = ChunkWindows.Select(recorded, tokenizer.Definition.Metadata.EncodedDimensions);
            for (int step = 0; step + shape.Horizon <= episode.Steps; step += 5)
                evaluator.Add(ChunkWindows.Slice(episode, step, shape.Horizon), episode.Name, step);
        }

        _gate.Enforce(evaluator.ToReport());
    }

    // An arm that reaches out and back, and a gripper that closes halfway.
    private static Episode Reach(int number)
    {
        const int Steps = 120, Dimensions = 2;
        var actions = new double[Steps * Dimensions];
        for (int step = 0; step < Steps; step++)
        {
            actions[step * Dimensions] = (1 + (0.05 * number)) * Math.Sin(Math.PI * step / Steps);
            actions[(step * Dimensions) + 1] = 0.04 / (1 + Math.Exp((step - 60 - number) * 0.3));
        }

        return new Episode($"reach_{number}", actions, Dimensions);
    }
}
