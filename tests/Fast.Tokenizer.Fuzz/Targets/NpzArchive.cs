using System.IO.Compression;
using Fast.Tokenizer.Datasets.Tests.NumPy;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>
/// A <c>.npz</c> archive of episodes. Where the first byte is odd the rest is an array in a sound archive, which the checksum would hide.
/// </summary>
internal sealed class NpzArchive() : RecordingTarget("npz")
{
    public override int Cases => 5000;

    public override IReadOnlyList<string> Words => NpyArrays.NpyWords;

    public override IEnumerable<byte[]> Seeds()
    {
        byte[][] arrays = NpyArrays.Arrays;
        yield return [0, .. ZipBytes.Make(CompressionLevel.NoCompression, ("a.npy", arrays[0]), ("b.npy", arrays[0]))];
        yield return [0, .. ZipBytes.Make(CompressionLevel.Optimal, ("a.npy", arrays[0]), ("b.npy", arrays[0]))];
        yield return [0, .. ZipBytes.MakeZip64("a.npy", arrays[3], deflate: true)];
        yield return [0, .. ZipBytes.MakeZip64("a.npy", arrays[0], deflate: false)];
        foreach (byte[] array in arrays) yield return [1, .. array];
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        bool isArray = !input.IsEmpty && (input[0] & 1) != 0;
        byte[] rest = input.IsEmpty ? [] : input[1..].ToArray();
        Read(Folder.Write("x.npz", isArray ? ZipBytes.Make(("a.npy", rest)) : rest), format: null);
    }
}
