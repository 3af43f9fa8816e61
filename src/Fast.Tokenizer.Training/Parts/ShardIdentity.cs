using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Fast.Tokenizer.Training.Parts;

/// <summary>The identity of a shard: SHA-256 over its episodes as they are read, wherever they lie.</summary>
internal sealed class ShardIdentity : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Takes the next episode.</summary>
    public void Add(Episode episode)
    {
        byte[] name = Encoding.UTF8.GetBytes(episode.Name);
        Span<byte> lengths = stackalloc byte[5 * sizeof(long)];
        ReadOnlySpan<long> numbers =
            [name.Length, episode.Actions.Length, episode.Dimensions, episode.States.Length, episode.Masked.Length];
        for (int i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(lengths[(i * sizeof(long))..], numbers[i]);
        _hash.AppendData(lengths);
        _hash.AppendData(name);
        AppendData(episode.Actions.Span);
        AppendData(episode.States.Span);
        _hash.AppendData(MemoryMarshal.AsBytes(episode.Masked.Span));
    }

    /// <summary>The identity of all that was added.</summary>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public string ToId() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void AppendData(ReadOnlySpan<double> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            _hash.AppendData(MemoryMarshal.AsBytes(values));
            return;
        }

        Span<byte> bytes = stackalloc byte[sizeof(double)];
        foreach (double value in values)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
            _hash.AppendData(bytes);
        }
    }
}
