namespace Fast.Tokenizer.Datasets.Tests;

/// <summary>Tests that count what the process allocates, on whichever thread: nothing else runs beside them.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class MeasuresMemory;
