using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>A reader of recordings. What it leaves out counts as refused, and what it reads must be whole.</summary>
internal abstract class RecordingTarget(string name) : FuzzTarget(name)
{
    private readonly Lazy<ScratchFolder> _folder = new(() => new());

    public override string? Place => Folder.FullPath;

    protected ScratchFolder Folder => _folder.Value;

    /// <summary>Reads a recording to its end.</summary>
    protected static void Read(string path, string? format)
    {
        SkippedEpisode? left = null;
        var options = new EpisodeDatasetOptions { Format = format, SkipBad = episode => left = episode, MaxDegreeOfParallelism = 1 };
        ReadAsync(EpisodeDataset.Open(path, options)).GetAwaiter().GetResult();
        if (left is not null) throw new InvalidDataException(left.Reason);
    }

    private static async Task ReadAsync(IEpisodeSource source)
    {
        await foreach (Episode episode in source.ReadEpisodesAsync())
        {
            if (episode.Steps * episode.Dimensions != episode.Actions.Length || episode.Name is null)
                throw new FuzzFailure($"an episode of {episode.Steps} x {episode.Dimensions} with {episode.Actions.Length} values");
            foreach (double value in episode.Actions.Span)
                if (!double.IsFinite(value)) throw new FuzzFailure($"an action of {value}");
        }
    }
}
