namespace Fast.Tokenizer.Datasets.LeRobot;

/// <summary>Steps that stand together in a file, decoded.</summary>
/// <param name="FirstRow">Rows of the file before them.</param>
/// <param name="Count">How many they are.</param>
/// <param name="Actions">Row-major.</param>
/// <param name="States">Row-major; empty where there are none.</param>
/// <param name="EpisodeIndex">The episode of each; null where the file does not say.</param>
/// <param name="FrameIndex">The number of each within its episode; null where the file does not say.</param>
internal sealed record Steps(int FirstRow, int Count, double[] Actions, double[] States, double[]? EpisodeIndex, double[]? FrameIndex);
