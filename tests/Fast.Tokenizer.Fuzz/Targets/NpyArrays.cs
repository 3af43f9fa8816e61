using Fast.Tokenizer.Datasets.NumPy;
using Fast.Tokenizer.Datasets.Tests.NumPy;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>A <c>.npy</c> file, read at once.</summary>
internal sealed class NpyArrays() : FuzzTarget("npy")
{
    public override int Cases => 12000;

    public override IReadOnlyList<string> Words => NpyWords;

    internal static string[] NpyWords { get; } =
    [
        "(1073741823,)", "(2, 2, 2)", "()", "4294967295", "'", "(", "'|O'", "'<f2'", "'>i8'", "'|b1'", "True", "False", ", 'shape': (9,)",
        "'descr'", "9L",
    ];

    public override IEnumerable<byte[]> Seeds() => Arrays;

    internal static byte[][] Arrays =>
    [
        NpyBytes.Doubles("(2, 2)", 1, 2, 3, 4),
        NpyBytes.Array("<f4", "(3, 1, 2)", new byte[24], fortranOrder: true),
        NpyBytes.Array(">i2", "(5,)", new byte[10], major: 2),
        NpyBytes.Array("|b1", "(2, 3)", new byte[6], major: 3),
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        NpyArray array = NpyReader.Read(new MemoryStream(input.ToArray()), "fuzz");
        if (array.Shape.Aggregate(1L, (count, size) => count * size) != array.Data.Length)
            throw new FuzzFailure($"{array.Data.Length} values in an array of [{string.Join(", ", array.Shape)}]");
    }
}
