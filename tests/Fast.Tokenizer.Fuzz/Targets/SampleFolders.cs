using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Tests.Interop;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>A small tokenizer with all that a folder can hold, and its files.</summary>
internal static class SampleFolders
{
    // Ids 0 to 10 are the coefficients -5 to 5, spelt U+0100 to U+010A; 11 to 13 are two, four and eight zeros.
    public static FastTokenizerDefinition Small { get; } = new()
    {
        Scale = 10,
        Alphabet = new IntegerAlphabet(-5, 5),
        Vocabulary = new(11, [new(5, 5, 11), new(11, 11, 12), new(12, 12, 13)]),
        Normalizer = new(new(min: [-2, 0], max: [2, 1], mean: [0, 0.1], std: [0.5, 0.2], q01: [-1, 0], q99: [1, 0.5]), new()),
        Metadata = new() { Horizon = 6, Dimensions = 2, Rate = 5, DimensionNames = ["x", "grip"] },
    };

    /// <summary>A folder of its own with the small tokenizer; the caller disposes it.</summary>
    public static SavedFolder Saved() => new(Small);

    /// <summary>One file of the folder.</summary>
    public static byte[] File(string name)
    {
        using SavedFolder folder = Saved();
        return folder.Saved(name);
    }
}
