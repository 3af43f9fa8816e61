namespace Fast.Tokenizer.Training;

/// <summary>What an episode is used for in a training.</summary>
internal enum EpisodeRole
{
    /// <summary>Shorter than the horizon.</summary>
    Skipped,

    /// <summary>Gives statistics and windows.</summary>
    Training,

    /// <summary>Kept back for the report.</summary>
    HeldOut,
}
