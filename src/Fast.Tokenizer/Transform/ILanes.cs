using System.Numerics;
using System.Runtime.Intrinsics;

namespace Fast.Tokenizer.Transform;

/// <summary>One vector of neighbouring columns. The transforms are written once against it and run at every width.</summary>
/// <remarks>
/// A lane never sees its neighbours, and every operation here rounds once and alike on every machine. So the bits of a result
/// depend neither on the width nor on the instruction set.
/// </remarks>
internal interface ILanes<TSelf> : IAdditionOperators<TSelf, TSelf, TSelf>, ISubtractionOperators<TSelf, TSelf, TSelf>,
    IMultiplyOperators<TSelf, TSelf, TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    static abstract int Count { get; }

    static abstract TSelf Load(ReadOnlySpan<double> source);

    static abstract TSelf Broadcast(double value);

    /// <summary><c>left * right + addend</c>, rounded once, in software where the processor has no such instruction.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf addend);

    void Store(Span<double> target);
}

internal readonly struct Lanes64(double value) : ILanes<Lanes64>
{
    private readonly double _value = value;

    public static int Count => 1;
    public static Lanes64 Load(ReadOnlySpan<double> source) => new(source[0]);
    public static Lanes64 Broadcast(double value) => new(value);
    public static Lanes64 MultiplyAdd(Lanes64 left, Lanes64 right, Lanes64 addend) =>
        new(Math.FusedMultiplyAdd(left._value, right._value, addend._value));
    public static Lanes64 operator +(Lanes64 left, Lanes64 right) => new(left._value + right._value);
    public static Lanes64 operator -(Lanes64 left, Lanes64 right) => new(left._value - right._value);
    public static Lanes64 operator *(Lanes64 left, Lanes64 right) => new(left._value * right._value);
    public void Store(Span<double> target) => target[0] = _value;
}

internal readonly struct Lanes128(Vector128<double> value) : ILanes<Lanes128>
{
    private readonly Vector128<double> _value = value;

    public static int Count => 2;
    public static Lanes128 Load(ReadOnlySpan<double> source) => new(Vector128.Create(source));
    public static Lanes128 Broadcast(double value) => new(Vector128.Create(value));
    public static Lanes128 MultiplyAdd(Lanes128 left, Lanes128 right, Lanes128 addend) =>
        new(Vector128.FusedMultiplyAdd(left._value, right._value, addend._value));
    public static Lanes128 operator +(Lanes128 left, Lanes128 right) => new(left._value + right._value);
    public static Lanes128 operator -(Lanes128 left, Lanes128 right) => new(left._value - right._value);
    public static Lanes128 operator *(Lanes128 left, Lanes128 right) => new(left._value * right._value);
    public void Store(Span<double> target) => _value.CopyTo(target);
}

internal readonly struct Lanes256(Vector256<double> value) : ILanes<Lanes256>
{
    private readonly Vector256<double> _value = value;

    public static int Count => 4;
    public static Lanes256 Load(ReadOnlySpan<double> source) => new(Vector256.Create(source));
    public static Lanes256 Broadcast(double value) => new(Vector256.Create(value));
    public static Lanes256 MultiplyAdd(Lanes256 left, Lanes256 right, Lanes256 addend) =>
        new(Vector256.FusedMultiplyAdd(left._value, right._value, addend._value));
    public static Lanes256 operator +(Lanes256 left, Lanes256 right) => new(left._value + right._value);
    public static Lanes256 operator -(Lanes256 left, Lanes256 right) => new(left._value - right._value);
    public static Lanes256 operator *(Lanes256 left, Lanes256 right) => new(left._value * right._value);
    public void Store(Span<double> target) => _value.CopyTo(target);
}

internal readonly struct Lanes512(Vector512<double> value) : ILanes<Lanes512>
{
    private readonly Vector512<double> _value = value;

    public static int Count => 8;
    public static Lanes512 Load(ReadOnlySpan<double> source) => new(Vector512.Create(source));
    public static Lanes512 Broadcast(double value) => new(Vector512.Create(value));
    public static Lanes512 MultiplyAdd(Lanes512 left, Lanes512 right, Lanes512 addend) =>
        new(Vector512.FusedMultiplyAdd(left._value, right._value, addend._value));
    public static Lanes512 operator +(Lanes512 left, Lanes512 right) => new(left._value + right._value);
    public static Lanes512 operator -(Lanes512 left, Lanes512 right) => new(left._value - right._value);
    public static Lanes512 operator *(Lanes512 left, Lanes512 right) => new(left._value * right._value);
    public void Store(Span<double> target) => _value.CopyTo(target);
}
