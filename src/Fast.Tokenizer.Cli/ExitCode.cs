namespace Fast.Tokenizer.Cli;

/// <summary>What the tool says to the shell; a contract with scripts.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>A threshold was missed.</summary>
    public const int ThresholdMissed = 1;

    /// <summary>Wrong usage: a command, an option or its value.</summary>
    public const int WrongUsage = 2;

    /// <summary>Unreadable or invalid data.</summary>
    public const int InvalidData = 3;

    /// <summary>Stopped by Ctrl-C, as shells count it.</summary>
    public const int Interrupted = 130;
}
