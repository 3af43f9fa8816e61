using Apache.Arrow;
using Apache.Arrow.Types;

namespace Fast.Tokenizer.Datasets.Arrow;

/// <summary>A column of whole numbers.</summary>
internal static class WholeColumn
{
    /// <summary>Whether a column of this type can be read.</summary>
    public static bool Reads(IArrowType type) => type.TypeId
        is ArrowTypeId.Int64 or ArrowTypeId.Int32 or ArrowTypeId.Int16 or ArrowTypeId.Int8
        or ArrowTypeId.UInt32 or ArrowTypeId.UInt16 or ArrowTypeId.UInt8;

    /// <summary>The number of a row; null where it is null.</summary>
    public static long? At(IArrowArray column, int row) => column switch
    {
        Int64Array numbers => numbers.GetValue(row),
        Int32Array numbers => numbers.GetValue(row),
        Int16Array numbers => numbers.GetValue(row),
        Int8Array numbers => numbers.GetValue(row),
        UInt32Array numbers => numbers.GetValue(row),
        UInt16Array numbers => numbers.GetValue(row),
        UInt8Array numbers => numbers.GetValue(row),
        _ => null,
    };
}
