namespace Fast.Tokenizer.Datasets.Tests;

/// <summary>Tests that measure what the whole process allocates run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredAlone
{
    public const string Name = "alone";
}
