namespace Fast.Tokenizer.Training.Parts;

/// <summary>The layout of a part file, version 1.</summary>
/// <remarks>
/// <para>The magic, the version and the kind, each 32 bits; the counts, see <see cref="KeyBlockWriter"/>; the header in JSON; the trailer:
/// length of the counts in 64 bits, length of the header in 32, SHA-256 over all before it, and the magic again. Numbers are
/// little-endian.</para>
/// <para>The header stands at the end, so that a part is written in one pass.</para>
/// </remarks>
internal static class PartFormat
{
    public const int Schema = 1;

    public const int PreambleLength = 16;

    public const int HashLength = 32;

    public const int LengthsLength = sizeof(long) + sizeof(int);

    public const int TrailerLength = LengthsLength + HashLength + 8;

    /// <summary>The longest header that is read: a million shards.</summary>
    public const int MaxHeaderLength = 1 << 28;

    public static ReadOnlySpan<byte> Magic => "FASTPART"u8;
}
