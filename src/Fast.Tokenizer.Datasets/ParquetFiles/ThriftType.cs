namespace Fast.Tokenizer.Datasets.ParquetFiles;

/// <summary>What a field of Thrift's compact protocol holds; the numbers are the protocol's.</summary>
internal enum ThriftType
{
    Stop = 0,
    True = 1,
    False = 2,
    Byte = 3,
    Int16 = 4,
    Int32 = 5,
    Int64 = 6,
    Double = 7,
    Binary = 8,
    List = 9,
    Set = 10,
    Structure = 12,
}
