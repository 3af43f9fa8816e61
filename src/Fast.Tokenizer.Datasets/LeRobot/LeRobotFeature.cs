namespace Fast.Tokenizer.Datasets.LeRobot;

/// <summary>A column as <c>meta/info.json</c> describes it.</summary>
/// <param name="Name">The column, such as <c>action</c>.</param>
/// <param name="Type">The type of its values, such as <c>float32</c> or <c>video</c>.</param>
/// <param name="Dimensions">Numbers per step; null where they are not said.</param>
/// <param name="Names">One per dimension; null where they are not said.</param>
internal sealed record LeRobotFeature(string Name, string Type, int? Dimensions, IReadOnlyList<string>? Names)
{
    /// <summary>Whether it can be actions or states: float numbers.</summary>
    public bool IsMotion => Type is "float32" or "float64";
}
