namespace Fast.Tokenizer.Cli.Tests;

/// <summary>Tests that change the working folder of the process run with no other.</summary>
[CollectionDefinition(nameof(WorkingDirectory), DisableParallelization = true)]
public sealed class WorkingDirectory;
