using System.Runtime.CompilerServices;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>
/// Made-up motion of two arms, as many episodes as asked for; each reading makes the same ones anew and holds one at a time.
/// </summary>
/// <remarks>
/// Each joint follows targets through a critically damped filter and rests between them. Pace and filter are chosen so that a window
/// [50,14] has about as many zeros and tokens as the ALOHA insertion recording. Plain arithmetic only: the same bits on every machine.
/// </remarks>
internal sealed class GeneratedEpisodes(int episodes, int steps, int dimensions, int seed) : IEpisodeSource
{
    private const double NewTarget = 1.0 / 84;
    private const double Stiffness = 0.12;

    public string Name => $"{episodes} generated episodes";

    public IReadOnlyList<string>? DimensionNames => null;

    public double? Rate => 50;

    public async IAsyncEnumerable<Episode> ReadEpisodesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        for (int episode = 0; episode < episodes; episode++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new Episode($"episode_{episode:000000}", Motion(new Random(HashSeed(episode))), dimensions);
        }
    }

    private int HashSeed(int episode) => unchecked((seed * 1_000_003) + episode);

    private double[] Motion(Random random)
    {
        var actions = new double[steps * dimensions];
        for (int d = 0; d < dimensions; d++)
        {
            double position = (random.NextDouble() * 2) - 1, speed = 0, target = position;
            for (int t = 0; t < steps; t++)
            {
                if (random.NextDouble() < NewTarget) target = (random.NextDouble() * 2) - 1;
                speed += (Stiffness * Stiffness * (target - position)) - (2 * Stiffness * speed);
                position += speed;
                actions[(t * dimensions) + d] = position;
            }
        }

        return actions;
    }
}
