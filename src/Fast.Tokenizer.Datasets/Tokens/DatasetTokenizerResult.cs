namespace Fast.Tokenizer.Datasets.Tokens;

/// <summary>What was written of a data set.</summary>
public sealed record DatasetTokenizerResult
{
    /// <summary>Episodes that chunks were cut from.</summary>
    public required int Episodes { get; init; }

    /// <summary>Episodes shorter than the horizon, left out.</summary>
    public required int ShortEpisodes { get; init; }

    /// <summary>Chunks written.</summary>
    public required long Chunks { get; init; }

    /// <summary>Token ids written.</summary>
    public required long Tokens { get; init; }

    /// <summary>Values that the tokenizer could not express and moved or dropped.</summary>
    public required long Clipped { get; init; }

    /// <summary>Time steps in a chunk.</summary>
    public required int Horizon { get; init; }

    /// <summary>The files, in order, without their folder.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>How many of the files were there already, whole, from an earlier run.</summary>
    public required int FilesKept { get; init; }
}
