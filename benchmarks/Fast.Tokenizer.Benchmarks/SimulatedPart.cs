using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Training.Parts;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>A part of the second pass that nobody counted: <see cref="SimulatedChunks"/>, written as the library writes parts.</summary>
internal static class SimulatedPart
{
    /// <summary>Writes the part of one shard.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shard">Which shard, 0 to one below <paramref name="shards"/>.</param>
    /// <param name="shards">Shards of the corpus, which each part names.</param>
    /// <param name="distinct">Different sequences of the part.</param>
    public static void Write(string path, int shard, int shards, int distinct)
    {
        var sequences = new Sorted(new SimulatedChunks((ulong)shard), distinct);
        using var output = new PartOutput(path, CorpusPartKind.Coefficients);
        (long entries, long counted) = output.WriteBody(sequences, statistics: null, progress: null, CancellationToken.None);
        if (entries != distinct) throw new InvalidOperationException($"{entries} sequences were written, not {distinct}");
        PartHeader.ShardName[] all = [.. Enumerable.Range(0, shards).Select(Name).OrderBy(known => known.Id, StringComparer.Ordinal)];
        PartHeader.ShardName own = Name(shard);
        output.Commit(new PartHeader
        {
            Entries = entries,
            Counted = counted,
            Chunks = new PartHeader.ChunkEntry
            {
                Stride = 1,
                Encoded = SimulatedChunks.Dimensions,
                PerTimestep = false,
                RelativeError = null,
                Actions = new ActionMetadata
                {
                    Horizon = SimulatedChunks.Horizon,
                    Dimensions = SimulatedChunks.Dimensions,
                    Rate = SimulatedChunks.Horizon,
                },
            },
            Coefficients = new PartHeader.CoefficientsEntry
            {
                Scale = 10,
                Order = PartSettings.NameOf(Quantization.CoefficientOrder.FrequencyMajor),
                Normalization = ManifestEntries.Normalization(ActionNormalizer.Identity(SimulatedChunks.Dimensions)),
                Statistics = Hash("statistics"),
                StatisticsShards = all,
                Mass = sequences.Mass,
                MinCoefficient = sequences.Min,
                MaxCoefficient = sequences.Max,
            },
            Shards = [new PartHeader.ShardEntry { Id = own.Id, Name = own.Name, Episodes = 0, Skipped = 0, Windows = counted }],
        });
    }

    private static PartHeader.ShardName Name(int shard)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"shard-{shard:00000}");
        return new PartHeader.ShardName(Hash(name), name);
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // By the first eight bytes with the runtime's sort of numbers, then ties by all: several times as fast as comparing strings.
    private sealed class Sorted : KeyCursor
    {
        private readonly int _distinct;
        private readonly (int Start, int Length, int Values)[] _places;
        private readonly int[] _order;
        private int _next;
        private int _given;

        public Sorted(SimulatedChunks chunks, int distinct)
        {
            _distinct = distinct;

            // Next to none is drawn twice; so few more cover them that the largest, which are left out then, are not missed.
            int drawn = distinct + (distinct / 1000) + 16;
            var values = new short[SimulatedChunks.Horizon * SimulatedChunks.Dimensions];
            _places = new (int, int, int)[drawn];
            _order = new int[drawn];
            var prefixes = new ulong[drawn];
            byte[] bytes = new byte[Math.Max(1 << 16, drawn * 48)];
            int used = 0;
            for (int i = 0; i < drawn; i++)
            {
                int length = chunks.Next(values);
                foreach (short value in values.AsSpan(0, length)) (Min, Max) = (Math.Min(Min, value), Math.Max(Max, value));
                if (bytes.Length - used < SequenceKey.MaxLength(length) + sizeof(ulong)) Array.Resize(ref bytes, bytes.Length * 2);
                int written = SequenceKey.Write(values.AsSpan(0, length), bytes.AsSpan(used));
                bytes.AsSpan(used + written, sizeof(ulong)).Clear();
                prefixes[i] = BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(used));
                if (written < sizeof(ulong)) prefixes[i] &= ~(ulong.MaxValue >> (8 * written));
                _places[i] = (used, written, length);
                _order[i] = i;
                used += written;
            }

            Bytes = bytes;
            Array.Sort(prefixes, _order);
            for (int from = 0, to; from < drawn; from = to)
            {
                for (to = from + 1; to < drawn && prefixes[to] == prefixes[from];) to++;
                if (to - from > 1) _order.AsSpan(from, to - from).Sort((a, b) => KeyOf(a).SequenceCompareTo(KeyOf(b)));
            }
        }

        /// <summary>Of what was given so far, see <see cref="Training.SequenceCorpus.Mass"/>.</summary>
        public long Mass { get; private set; }

        public int Min { get; }

        public int Max { get; }

        /// <inheritdoc/>
        public override bool Next()
        {
            if (_given == _distinct || _next == _order.Length) return false;
            (Start, Length, int values) = _places[_order[_next++]];
            for (Count = 1; _next < _order.Length && KeyOf(_order[_next]).SequenceEqual(Key); _next++) Count++;
            Mass += Count * Math.Min(values + 1, SimulatedChunks.Horizon * SimulatedChunks.Dimensions);
            _given++;
            return true;
        }

        private ReadOnlySpan<byte> KeyOf(int index) => new(Bytes, _places[index].Start, _places[index].Length);
    }
}
