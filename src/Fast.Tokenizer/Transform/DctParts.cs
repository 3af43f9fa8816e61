namespace Fast.Tokenizer.Transform;

/// <summary>What the transforms inside one plan share: cosines, scale, and the shorter transforms that occur more than once.</summary>
internal sealed class DctParts(int length)
{
    private readonly Dictionary<int, DctII> _seconds = [];
    private readonly Dictionary<int, DctIV> _fourths = [];

    public CosineTable Cosines { get; } = new(length);

    /// <summary>The factor that makes the whole transform orthonormal. It sits in the dense matrices, so no other step has one.</summary>
    public double Scale { get; } = Math.Sqrt(2.0 / length);

    /// <summary>The same for frequency 0 of the whole transform, and of it only.</summary>
    public double ZeroScale { get; } = Math.Sqrt(1.0 / length);

    public DctII Second(int part)
    {
        if (!_seconds.TryGetValue(part, out DctII? transform)) _seconds[part] = transform = new DctII(part, Scale, this);
        return transform;
    }

    public DctIV Fourth(int part)
    {
        if (!_fourths.TryGetValue(part, out DctIV? transform)) _fourths[part] = transform = new DctIV(part, this);
        return transform;
    }
}
