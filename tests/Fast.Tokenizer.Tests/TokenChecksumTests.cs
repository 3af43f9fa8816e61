using System.Buffers.Binary;
using System.Security.Cryptography;
using Fast.Tokenizer.Tests.Normalization;

namespace Fast.Tokenizer.Tests;

/// <summary>Statistics, training, encoding and decoding of all recordings: the same bits on every instruction set.</summary>
/// <remarks>The constants change only with a rule (rounding, normalization, training, alphabet), and then on purpose.</remarks>
public sealed class TokenChecksumTests
{
    [Fact]
    public void All_recordings_give_the_same_ids_on_every_instruction_set()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in RecordedActions.Names)
        {
            foreach (ReadOnlyMemory<double> window in RecordedTokenizers.Windows(name))
                Append(hash, RecordedTokenizers.Get(name).Encode(window.Span, RecordedTokenizers.Shape(name)));
        }

        Assert.Equal("e2fe1c3093460930f14d9844dfebc16e2d6cd452c4aead5d9d1bc2bda7357959", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Fact]
    public void All_recordings_decode_to_the_same_bits_on_every_instruction_set()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in RecordedActions.Names)
        {
            ActionShape shape = RecordedTokenizers.Shape(name);
            FastActionTokenizer tokenizer = RecordedTokenizers.Get(name);
            var decoded = new double[shape.Count];
            foreach (ReadOnlyMemory<double> window in RecordedTokenizers.Windows(name).Take(100))
            {
                Assert.True(tokenizer.TryDecode(tokenizer.Encode(window.Span, shape), shape, decoded).IsComplete);
                Append(hash, decoded);
            }
        }

        Assert.Equal("265569bf62bad8d0d151d314d5a87df157daeb51505ff1b8a0fff6f404a8a049", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    // A chunk ends with its length, so that ids cannot move from one chunk to the next unnoticed.
    private static void Append(IncrementalHash hash, int[] tokens)
    {
        var bytes = new byte[(tokens.Length + 1) * sizeof(int)];
        for (int i = 0; i < tokens.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * sizeof(int)), tokens[i]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(tokens.Length * sizeof(int)), tokens.Length);
        hash.AppendData(bytes);
    }

    private static void Append(IncrementalHash hash, double[] values)
    {
        var bytes = new byte[values.Length * sizeof(double)];
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i * sizeof(double)), values[i]);
        hash.AppendData(bytes);
    }
}
