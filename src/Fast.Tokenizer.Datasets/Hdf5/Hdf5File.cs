using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Fast.Tokenizer.Interop;
using PureHDF;
using PureHDF.VOL.Native;

namespace Fast.Tokenizer.Datasets.Hdf5;

/// <summary>An HDF5 file that is open for one thread; everything that is wrong with it is an <see cref="InvalidDataException"/>.</summary>
internal sealed class Hdf5File : IDisposable
{
    // Deflate's most; what was never written is no recording.
    private const ulong MostInflation = 1032;
    private const int MostNames = 200;
    private const int MostDepth = 6;
    private const int MostLetters = 300;
    private const ulong SmallestChunkCache = 1 << 20;

    private readonly string _place;
    private readonly GuardedStream _stream;
    private readonly NativeFile _file;

    /// <exception cref="InvalidDataException">It is not an HDF5 file, or truncated, or damaged.</exception>
    /// <exception cref="PlatformNotSupportedException">The program was compiled to native code.</exception>
    public Hdf5File(string path, CancellationToken cancellationToken = default)
    {
        // PureHDF makes its decoders by reflection as it meets a type; what would be missing looks like a fault of the file.
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            throw new PlatformNotSupportedException(
                $"file '{path}': HDF5 is not read in programs compiled to native code (AOT); "
                + "run on the .NET runtime, or convert it to .npz");
        }

        _place = $"file '{path}'";
        BoundedInflate.Register();
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 16384);
        try
        {
            _stream = new GuardedStream(file, Superblock(file), cancellationToken);
            _file = Guarded(_place, () => H5File.Open(_stream));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether a file has the signature at one of the places where it may stand.</summary>
    public static bool IsHdf5(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
        return Hdf5Superblock.Find(file) is not null;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Whether there is a data set or a group.</summary>
    public bool Has(string path) => Guarded($"{_place}, '{path}'", () => _file.LinkExists(path));

    /// <summary>The names of the groups within a group; none where it is not there or a data set.</summary>
    public List<string> GroupsIn(string path) => Guarded($"{_place}, '{path}'", () =>
    {
        List<string> names = [];
        if (_file.LinkExists(path) && _file.Get(path) is IH5Group group)
            names.AddRange(group.Children().OfType<IH5Group>().Select(child => child.Name));
        return names;
    });

    /// <summary>The data sets in a group and below, relative to it, for messages.</summary>
    public List<string> DataSetsBelow(string path)
    {
        var names = new List<string>();
        try
        {
            if (Get(path) is IH5Group group) List(group, "", 0, names);
        }
        catch (InvalidDataException)
        {
            // A damaged group has at least the names found so far.
        }

        return names;
    }

    /// <summary>Steps per second, from the attributes of a group; null where there is none that says it.</summary>
    public double? Rate(string path) => Guarded<double?>($"{_place}, '{path}'", () =>
    {
        IH5Object holder = _file.Get(path);
        foreach (string name in (string[])["fps", "hz", "control_freq"])
        {
            if (holder.AttributeExists(name) && Number(holder.Attribute(name)) is { } rate) return rate;
        }

        // What robomimic and robosuite write: the arguments that the environment was made with.
        foreach (string name in (string[])["env_args", "env_info"])
        {
            if (holder.AttributeExists(name)
                && holder.Attribute(name) is { Type.Class: H5DataTypeClass.String or H5DataTypeClass.VariableLength } text
                && ControlFrequency(text.Read<string>()) is { } rate) return rate;
        }

        return null;
    });

    /// <summary>Reads a data set of numbers.</summary>
    /// <param name="path">Where it stands in the file.</param>
    /// <exception cref="InvalidDataException">
    /// It is no data set of one or two axes of numbers, or damaged, or larger than the file can hold.
    /// </exception>
    public Hdf5Matrix Read(string path)
    {
        string place = $"{_place}, data set '{path}'";
        if (Guarded(place, () => _file.Get(path)) is not NativeDataset dataset)
            throw new InvalidDataException($"{place}: is a group, not a data set");

        return Guarded(place, () =>
        {
            (int steps, int dimensions) = Shape(dataset, place);
            double[] values = Values(dataset, steps * dimensions, place);
            return new Hdf5Matrix(values, steps, dimensions);
        });
    }

    private Hdf5Superblock Superblock(FileStream file)
    {
        if (Hdf5Superblock.Find(file) is not { } superblock)
            throw new InvalidDataException($"{_place}: {(file.Length == 0 ? "is empty" : "is not an HDF5 file: it has no signature")}");
        if (file.Length - superblock.Position < Hdf5Superblock.LeastBytes)
            throw new InvalidDataException($"{_place}: is truncated: it ends within its superblock");
        if (superblock.Version > 3)
            throw new InvalidDataException($"{_place}: superblock version {superblock.Version} is not known; 0 to 3 are");
        if (superblock is not { AddressSize: 8, LengthSize: 8 })
        {
            throw new InvalidDataException(
                $"{_place}: has addresses of {superblock.AddressSize} and lengths of {superblock.LengthSize} bytes; 8 are read");
        }

        if (superblock.BaseAddress != (ulong)superblock.Position)
        {
            throw new InvalidDataException(
                $"{_place}: counts addresses from {superblock.BaseAddress}, but begins at {superblock.Position}; it is damaged");
        }

        if (superblock.EndOfFile > (ulong)file.Length)
            throw new InvalidDataException($"{_place}: is truncated: it has {file.Length} of {superblock.EndOfFile} bytes");
        return superblock;
    }

    private IH5Object Get(string path) => Guarded($"{_place}, '{path}'", () => _file.Get(path));

    private static void List(IH5Group group, string prefix, int depth, List<string> names)
    {
        // Groups may hold themselves.
        if (depth == MostDepth) return;
        foreach (IH5Object child in Guarded("", () => group.Children().Take(MostNames).ToList()))
        {
            if (names.Count == MostNames) return;
            string name = prefix + ForeignText.Shown(child.Name, MostLetters);
            if (child is IH5Dataset) names.Add(name);
            else if (child is IH5Group inner) List(inner, $"{name}/", depth + 1, names);
        }
    }

    // Every size is compared with the file before anything of that size is made.
    private (int Steps, int Dimensions) Shape(NativeDataset dataset, string place)
    {
        if (dataset.Layout.Class == H5DataLayoutClass.VirtualStorage)
            throw new InvalidDataException($"{place}: is a virtual data set, a view of other files, which is not followed");

        ulong[] axes = dataset.Space.Dimensions;
        string shape = $"shape ({string.Join(", ", axes)})";
        if (dataset.Space.Type != H5DataspaceType.Simple || axes.Length is not (1 or 2))
            throw new InvalidDataException($"{place}: {shape} is not of an episode; expected [steps, dims] or [steps]");
        ulong dimensions = axes.Length == 2 ? axes[1] : 1;
        if (dimensions is < 1 or > EpisodeChecks.MaxDimensions)
            throw new InvalidDataException($"{place}: {shape}: {dimensions} dimensions; expected 1 to {EpisodeChecks.MaxDimensions}");

        ulong size = (ulong)dataset.Type.Size;
        ulong most = (ulong)_stream.Length * (dataset.Layout.Class == H5DataLayoutClass.Chunked ? MostInflation : 1);
        most = Math.Min(most, (ulong)Array.MaxLength);
        if (size > 0 && axes[0] > most / size / dimensions)
        {
            throw new InvalidDataException(
                $"{place}: {shape} is more than a file of {_stream.Length} bytes can hold; it is truncated or damaged");
        }

        if (dataset.Layout.Class == H5DataLayoutClass.Chunked) CheckChunks(dataset, axes, most, place);
        return ((int)axes[0], (int)dimensions);
    }

    private void CheckChunks(NativeDataset dataset, ulong[] axes, ulong most, string place)
    {
        ulong[] chunk = dataset.Layout.Chunks;
        string shape = $"chunks of ({string.Join(", ", chunk)})";
        if (chunk.Length != axes.Length || chunk.Contains(0UL))
            throw new InvalidDataException($"{place}: {shape} do not fit its {axes.Length} axes; it is damaged");

        ulong count = 1;
        UInt128 bytes = (UInt128)dataset.Type.Size;
        for (int axis = 0; axis < axes.Length; axis++)
        {
            count *= (axes[axis] / chunk[axis]) + (axes[axis] % chunk[axis] == 0 ? 0UL : 1);
            bytes *= chunk[axis];
        }

        // A growing data set is written with chunks larger than itself; each takes at least a byte of the file.
        if (bytes > most || count > (ulong)_stream.Length)
            throw new InvalidDataException($"{place}: {shape} are more than a file of {_stream.Length} bytes can hold; it is damaged");
    }

    private double[] Values(NativeDataset dataset, int count, string place)
    {
        IH5DataType type = dataset.Type;
        bool isSigned = type.Class == H5DataTypeClass.FixedPoint && type.FixedPoint.IsSigned;
        return (type.Class, type.Size) switch
        {
            (H5DataTypeClass.FloatingPoint, 4) => Values<float>(dataset, count),
            (H5DataTypeClass.FloatingPoint, 8) => Values<double>(dataset, count),
            (H5DataTypeClass.FixedPoint, 1) => isSigned ? Values<sbyte>(dataset, count) : Values<byte>(dataset, count),
            (H5DataTypeClass.FixedPoint, 2) => isSigned ? Values<short>(dataset, count) : Values<ushort>(dataset, count),
            (H5DataTypeClass.FixedPoint, 4) => isSigned ? Values<int>(dataset, count) : Values<uint>(dataset, count),
            (H5DataTypeClass.FixedPoint, 8) => isSigned ? Values<long>(dataset, count) : Values<ulong>(dataset, count),
            _ => throw new InvalidDataException(
                $"{place}: type {type.Class} of {type.Size} bytes is not read; expected float32, float64 or integers"),
        };
    }

    private double[] Values<T>(NativeDataset dataset, int count) where T : unmanaged, INumberBase<T>
    {
        if (count == 0) return [];

        // All chunks stay in the cache, so that each is inflated once however they lie.
        ulong cached = SmallestChunkCache + ((ulong)count * (ulong)dataset.Type.Size * 2);
        var access = new H5DatasetAccess(ChunkCache: new SimpleReadingChunkCache(int.MaxValue, cached));
        T[] stored = new T[count];
        _stream.ReadsValues = true;
        try
        {
            dataset.Read(access, stored.AsSpan());
        }
        finally
        {
            _stream.ReadsValues = false;
        }

        if (stored is double[] done) return done;
        double[] values = new double[count];
        for (int i = 0; i < count; i++) values[i] = double.CreateTruncating(stored[i]);
        return values;
    }

    private static double? Number(IH5Attribute attribute)
    {
        if (attribute.Space.Type != H5DataspaceType.Scalar) return null;
        double value = (attribute.Type.Class, attribute.Type.Size) switch
        {
            (H5DataTypeClass.FloatingPoint, 8) => attribute.Read<double>(),
            (H5DataTypeClass.FloatingPoint, 4) => attribute.Read<float>(),
            (H5DataTypeClass.FixedPoint, 8) => attribute.Read<long>(),
            (H5DataTypeClass.FixedPoint, 4) => attribute.Read<int>(),
            _ => 0,
        };
        return double.IsFinite(value) && value > 0 ? value : null;
    }

    private static double? ControlFrequency(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("env_kwargs", out JsonElement arguments)) root = arguments;
            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("control_freq", out JsonElement frequency)
                && frequency.ValueKind == JsonValueKind.Number
                && frequency.TryGetDouble(out double rate) && double.IsFinite(rate) && rate > 0
                ? rate
                : null;
        }
        catch (Exception problem) when (JsonProblem.Is(problem))
        {
            // Not ours to judge: the episodes do not depend on it.
            return null;
        }
    }

    // PureHDF throws plain exceptions of many types on a file that is not what it says.
    private static T Guarded<T>(string place, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (e is InvalidDataException && e.Message.StartsWith(place, StringComparison.Ordinal)) throw;
            Exception cause = e;
            while (cause is not InvalidDataException && cause.InnerException is { } inner) cause = inner;
            throw new InvalidDataException($"{place}: cannot be read: {ForeignText.Shown(cause.Message, MostLetters)}", e);
        }
    }
}
