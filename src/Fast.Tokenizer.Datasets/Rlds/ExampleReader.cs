using Fast.Tokenizer.Interop;
using Google.Protobuf;

namespace Fast.Tokenizer.Datasets.Rlds;

/// <summary>Reads the features that are asked for from a serialised <c>tf.train.Example</c>, and passes over all others.</summary>
/// <remarks>
/// The messages are those of TensorFlow's <c>example.proto</c> and <c>feature.proto</c>:
/// <c>Example { Features features = 1 }</c>, <c>Features { map&lt;string, Feature&gt; feature = 1 }</c>,
/// <c>Feature { oneof { BytesList = 1, FloatList = 2, Int64List = 3 } }</c>, each list <c>{ repeated value = 1 }</c>, packed or not.
/// </remarks>
internal sealed class ExampleReader
{
    // A recording has a few dozen features; more of them are noise that would fill the memory.
    private const int MaxFeatures = 65536;
    private const long MaxExact = 1L << 53;

    private const uint OnlyField = (1 << 3) | (uint)WireFormat.WireType.LengthDelimited;
    private const uint MapKey = OnlyField;
    private const uint MapValue = (2 << 3) | (uint)WireFormat.WireType.LengthDelimited;
    private const uint BytesList = OnlyField;
    private const uint FloatList = MapValue;
    private const uint IntegerList = (3 << 3) | (uint)WireFormat.WireType.LengthDelimited;
    private const uint PackedValues = OnlyField;
    private const uint FloatValue = (1 << 3) | (uint)WireFormat.WireType.Fixed32;
    private const uint IntegerValue = (1 << 3) | (uint)WireFormat.WireType.Varint;

    private readonly CodedInputStream _input;
    private readonly IReadOnlySet<string> _wanted;
    private readonly Dictionary<string, FeatureValues?> _features = new(StringComparer.Ordinal);

    private ExampleReader(CodedInputStream input, IReadOnlySet<string> wanted)
    {
        _input = input;
        _wanted = wanted;
    }

    /// <summary>Reads an example.</summary>
    /// <param name="data">The example and nothing else; read to its end, not disposed. Knows its length and position.</param>
    /// <param name="wanted">The features to read.</param>
    /// <returns>All features by name; null for those that were passed over.</returns>
    /// <exception cref="InvalidDataException">The bytes are no example.</exception>
    public static Dictionary<string, FeatureValues?> Read(Stream data, IReadOnlySet<string> wanted)
    {
        try
        {
            using var input = new CodedInputStream(data, leaveOpen: true);
            var reader = new ExampleReader(input, wanted);
            reader.ReadMessage(data.Length, (tag, end) => tag == OnlyField && reader.ReadFeatures(end));
            return reader._features;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidDataException($"is no tf.train.Example: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    // Calls back for each field; one that is not taken is passed over without being copied.
    private void ReadMessage(long end, Func<uint, long, bool> field)
    {
        while (_input.Position < end)
        {
            uint tag = _input.ReadTag();
            if (!field(tag, end)) _input.SkipLastField();
        }

        if (_input.Position != end)
            throw new InvalidDataException("is no tf.train.Example: a field is longer than the message it stands in");
    }

    private long ReadEnd(long outer)
    {
        int length = _input.ReadLength();
        long left = outer - _input.Position;
        if (length < 0 || length > left)
            throw new InvalidDataException($"is no tf.train.Example: a field of {(uint)length} bytes stands where {left} are left");
        return _input.Position + length;
    }

    private bool ReadFeatures(long outer)
    {
        ReadMessage(ReadEnd(outer), (tag, end) => tag == OnlyField && ReadFeature(end));
        return true;
    }

    private bool ReadFeature(long outer)
    {
        string? name = null;
        ReadMessage(ReadEnd(outer), (tag, end) =>
        {
            switch (tag)
            {
                case MapKey:
                    name = _input.ReadString();
                    return true;
                // As everywhere in TensorFlow's own reader, the name comes first: it says whether the value is worth reading.
                case MapValue when name is null:
                    throw new InvalidDataException("is no tf.train.Example: a feature has its value before its name");
                case MapValue when _wanted.Contains(name):
                    if (!_features.TryAdd(name, ReadValues(end)))
                        throw new InvalidDataException($"has the feature '{ForeignText.Shown(name)}' twice");
                    return true;
                default:
                    return false;
            }
        });
        if (name is not null) _features.TryAdd(name, null);
        if (_features.Count > MaxFeatures) throw new InvalidDataException($"has more than {MaxFeatures} features");
        return true;
    }

    private FeatureValues ReadValues(long outer)
    {
        var kind = FeatureKind.None;
        var values = new List<double>();
        ReadMessage(ReadEnd(outer), (tag, end) =>
        {
            FeatureKind found = tag switch
            {
                BytesList => FeatureKind.Bytes,
                FloatList => FeatureKind.Float,
                IntegerList => FeatureKind.Integer,
                _ => FeatureKind.None,
            };
            if (found == FeatureKind.None) return false;
            if (kind != FeatureKind.None && kind != found) throw new InvalidDataException("has a feature with values of two kinds");
            kind = found;
            if (kind == FeatureKind.Bytes) return false;
            ReadMessage(ReadEnd(end), (item, listEnd) => kind == FeatureKind.Float
                ? ReadFloats(item, listEnd, values)
                : ReadIntegers(item, listEnd, values));
            return true;
        });
        return new FeatureValues(kind, [.. values]);
    }

    private bool ReadFloats(uint tag, long outer, List<double> values)
    {
        if (tag == FloatValue) values.Add(_input.ReadFloat());
        if (tag == PackedValues)
        {
            long end = ReadEnd(outer);
            (long count, long odd) = Math.DivRem(end - _input.Position, sizeof(float));
            if (odd != 0)
                throw new InvalidDataException($"is no tf.train.Example: {end - _input.Position} bytes are no whole number of floats");
            // The record was checked to stand in the file, and this stands in the record.
            values.EnsureCapacity(values.Count + (int)count);
            for (; count > 0; count--) values.Add(_input.ReadFloat());
        }

        return tag is FloatValue or PackedValues;
    }

    private bool ReadIntegers(uint tag, long outer, List<double> values)
    {
        if (tag == IntegerValue) values.Add(Exact(_input.ReadInt64()));
        if (tag == PackedValues)
        {
            long end = ReadEnd(outer);
            while (_input.Position < end) values.Add(Exact(_input.ReadInt64()));
            if (_input.Position != end)
                throw new InvalidDataException("is no tf.train.Example: a number is longer than the list it stands in");
        }

        return tag is IntegerValue or PackedValues;
    }

    private static double Exact(long value) => value is >= -MaxExact and <= MaxExact
        ? value
        : throw new InvalidDataException($"holds the integer {value}; beyond 2^53, float64 does not hold each of them");
}
