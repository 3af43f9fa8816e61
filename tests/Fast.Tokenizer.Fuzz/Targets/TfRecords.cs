using static Fast.Tokenizer.Datasets.Tests.Rlds.ExampleBytes;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>
/// A TFRecord file of RLDS episodes. Where the first byte is odd the rest is one example in a sound record, which the checksum would hide.
/// </summary>
internal sealed class TfRecords() : RecordingTarget("tfrecord")
{
    public override int Cases => 6000;

    public override IReadOnlyList<string> Words { get; } = ["steps/action", "steps/is_first", "steps/observation/state"];

    internal static byte[][] Examples =>
    [
        Example(("steps/action", Floats(1, 2, 3, 4)), ("steps/is_first", Integers(1, 0)), ("steps/observation/image", Bytes(new byte[30]))),
        Example(("steps/action", UnpackedFloats(1, 2)), ("steps/observation/state", Floats(1, 2, 3)),
            ("steps/is_first", UnpackedIntegers(1))),
    ];

    public override IEnumerable<byte[]> Seeds() => [[0, .. Records(Examples)], .. Examples.Select(example => (byte[])[1, .. example])];

    public override void Run(ReadOnlySpan<byte> input)
    {
        bool isExample = !input.IsEmpty && (input[0] & 1) != 0;
        byte[] rest = input.IsEmpty ? [] : input[1..].ToArray();
        Read(Folder.Write("x.tfrecord", isExample ? Records(rest) : rest), "rlds");
    }
}
