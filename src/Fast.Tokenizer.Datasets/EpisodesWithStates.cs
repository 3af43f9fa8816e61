using System.Runtime.CompilerServices;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets;

/// <summary>Recorded actions with the robot's states from a recording of their own: the same episodes, step by step.</summary>
/// <param name="actions">The actions; states that they have already are replaced.</param>
/// <param name="states">The states, as if they were actions, in the same order.</param>
public sealed class EpisodesWithStates(IEpisodeSource actions, IEpisodeSource states) : IEpisodeSource
{
    /// <inheritdoc/>
    public string Name => actions.Name;

    /// <inheritdoc/>
    public IReadOnlyList<string>? DimensionNames => actions.DimensionNames;

    /// <inheritdoc/>
    public IReadOnlyList<string>? DimensionUnits => actions.DimensionUnits;

    /// <inheritdoc/>
    public IReadOnlyList<string>? StateNames => states.DimensionNames;

    /// <inheritdoc/>
    public double? Rate => actions.Rate ?? states.Rate;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The two do not hold the same episodes; the message names the first that differs.</exception>
    public async IAsyncEnumerable<Episode> ReadEpisodesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IAsyncEnumerator<Episode> beside = states.ReadEpisodesAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (beside.ConfigureAwait(false))
        {
            await foreach (Episode episode in actions.ReadEpisodesAsync(cancellationToken).ConfigureAwait(false))
            {
                if (!await beside.MoveNextAsync().ConfigureAwait(false))
                {
                    throw new InvalidDataException(
                        $"{states.Name} ends before episode '{episode.Name}' of {actions.Name}: give the states of the same episodes");
                }

                Episode own = beside.Current;
                if (own.Steps != episode.Steps || NameOf(own) != NameOf(episode))
                {
                    throw new InvalidDataException(
                        $"{states.Name} has episode '{own.Name}' of {own.Steps} steps where {actions.Name} has '{episode.Name}' of "
                        + $"{episode.Steps}: give the states of the same episodes");
                }

                yield return new Episode(episode.Name, episode.Actions, episode.Dimensions)
                {
                    States = own.Actions,
                    StateDimensions = own.Dimensions,
                    Masked = episode.Masked,
                };
            }

            if (await beside.MoveNextAsync().ConfigureAwait(false))
                throw new InvalidDataException($"{states.Name} goes on with episode '{beside.Current.Name}', where {actions.Name} ends");
        }
    }

    // Of several recordings, names begin with that of the recording.
    private static string NameOf(Episode episode) => episode.Name[(episode.Name.LastIndexOf(':') + 1)..];
}
