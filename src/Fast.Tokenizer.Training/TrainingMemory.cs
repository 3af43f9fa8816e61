namespace Fast.Tokenizer.Training;

/// <summary>What the training of a vocabulary may use.</summary>
/// <param name="Limit">Bytes.</param>
/// <param name="Folder">Where temporary files are written once that is not enough.</param>
internal readonly record struct TrainingMemory(long Limit, string Folder)
{
    // Bytes per place of a pair, with the places that merges add: measured, see the test of it.
    private const int PlaceBytes = 24;

    /// <summary>Half of the machine's memory, or of the container's, and the system's temporary folder.</summary>
    public static TrainingMemory Default => new(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2, Path.GetTempPath());

    /// <summary>What the options say.</summary>
    public static TrainingMemory Of(TrainingOptions options) =>
        new(options.MemoryLimit ?? Default.Limit, options.TemporaryFolder ?? Default.Folder);

    /// <summary>Whether <see cref="PairCounts"/> of these sequences fit.</summary>
    /// <param name="sequences">The sequences.</param>
    /// <param name="places">Places of pairs in them, see <see cref="PairFrequencies.Places"/>.</param>
    public bool Holds(ITokenSequences sequences, long places)
    {
        long tokens = PairCounts.Places(sequences);
        return tokens <= Array.MaxLength && (sizeof(ushort) * tokens) + (PlaceBytes * places) <= Limit;
    }
}
