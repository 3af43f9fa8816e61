using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Datasets.Tokens;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Report;

/// <summary>Finds chunks in a recording and traces them.</summary>
internal static class ChunkReader
{
    /// <summary>Reads and traces chunks; stops reading when all are found.</summary>
    /// <param name="evaluation">The tokenizer and the recording.</param>
    /// <param name="places">Which chunks.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The chunks in the order of the places.</returns>
    /// <exception cref="ArgumentException">The recording has no such episode, or it is too short.</exception>
    /// <exception cref="InvalidDataException">A chunk cannot be encoded.</exception>
    public static async Task<ReportChunk[]> ReadAsync(
        RecordingEvaluation evaluation, IReadOnlyList<ChunkPlace> places, CancellationToken cancellationToken)
    {
        var found = new ReportChunk?[places.Count];
        var names = new List<string>();
        if (places.Count == 0) return [];
        await foreach (Episode recorded in evaluation.Source.ReadEpisodesAsync(cancellationToken))
        {
            names.Add(recorded.Name);
            for (int i = 0; i < places.Count; i++)
            {
                if (found[i] is null && places[i].Episode == recorded.Name) found[i] = Trace(evaluation, recorded, places[i]);
            }

            if (Array.TrueForAll(found, chunk => chunk is not null)) return found!;
        }

        string missing = places[Array.IndexOf(found, null)].Episode;
        string hint = NearestName.Of(missing, names) is { } nearest ? $"; did you mean '{nearest}'?"
            : names.Count > 0 ? $"; they run from '{names[0]}' to '{names[^1]}'"
            : "";
        throw new ArgumentException($"{evaluation.Source.Name} has no episode '{missing}' among its {names.Count}{hint}");
    }

    private static ReportChunk Trace(RecordingEvaluation evaluation, Episode recorded, ChunkPlace place)
    {
        Episode episode = FittingEpisode.Of(recorded, evaluation.Tokenizer.Definition);
        if (place.Step > episode.Steps - evaluation.Horizon)
        {
            throw new ArgumentException(
                $"episode '{place.Episode}' has {episode.Steps} steps: a chunk of {evaluation.Horizon} cannot start at step {place.Step}");
        }

        try
        {
            ChunkTrace trace = ChunkTrace.Of(
                evaluation.Tokenizer,
                ChunkWindows.Slice(episode, place.Step, evaluation.Horizon),
                new ActionShape(evaluation.Horizon, episode.Dimensions),
                ChunkWindows.Context(episode, place.Step),
                evaluation.Encoding);
            return new ReportChunk(place.Episode, place.Step, place.Reason, trace);
        }
        catch (Exception refusal) when (refusal is ArgumentException or ErrorBoundException)
        {
            throw new InvalidDataException(
                $"episode '{place.Episode}', chunk from step {place.Step}: {ErrorReport.MessageOf(refusal)}", refusal);
        }
    }
}
