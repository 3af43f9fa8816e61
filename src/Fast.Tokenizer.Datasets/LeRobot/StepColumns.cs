using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Datasets.LeRobot;

/// <summary>The columns that make up the actions, or the states, one beside the other.</summary>
internal sealed class StepColumns
{
    private StepColumns(IReadOnlyList<LeRobotFeature> features, string option)
    {
        Features = features;
        Option = option;
        Names = NamesOf(features);
    }

    /// <summary>At least one column.</summary>
    public IReadOnlyList<LeRobotFeature> Features { get; }

    /// <summary>The choice that names them, for messages.</summary>
    public string Option { get; }

    /// <summary>One per dimension; null where they are not known.</summary>
    public IReadOnlyList<string>? Names { get; }

    /// <summary>The action columns.</summary>
    /// <exception cref="InvalidDataException">There is no such column, or none of a usual name.</exception>
    public static StepColumns Actions(LeRobotInfo info, string? key) =>
        Find(info, key, ["action", "actions"], "action key") ?? throw Missing(info, "action", "action key");

    /// <summary>The state columns, or null where none is named and none has a usual name.</summary>
    /// <exception cref="InvalidDataException">There is no column of the name that was given.</exception>
    public static StepColumns? States(LeRobotInfo info, string? key) =>
        Find(info, key, ["observation.state", "state"], "state key");

    private static StepColumns? Find(LeRobotInfo info, string? key, string[] usual, string option)
    {
        if (key is null)
        {
            LeRobotFeature? known = usual.Select(name => Find(info, name)).FirstOrDefault(feature => feature is { IsMotion: true });
            return known is null ? null : new StepColumns([known], option);
        }

        // A column may have a comma in its name.
        string[] names = Find(info, key) is not null ? [key] : key.Split(',', StringSplitOptions.TrimEntries);
        return new StepColumns([.. names.Select(name => Existing(info, name, option))], option);
    }

    private static LeRobotFeature? Find(LeRobotInfo info, string name) => info.Features.FirstOrDefault(feature => feature.Name == name);

    private static LeRobotFeature Existing(LeRobotInfo info, string name, string option)
    {
        LeRobotFeature feature = Find(info, name) ?? throw Missing(info, name, option);
        return feature.IsMotion
            ? feature
            : throw new InvalidDataException(
                $"file '{info.Path}': feature '{ForeignText.Shown(name)}' is of type {ForeignText.Shown(feature.Type)}; "
                + "expected float32 or float64");
    }

    private static InvalidDataException Missing(LeRobotInfo info, string name, string option) => MissingColumn.Of(
        $"file '{info.Path}'", name, option, [.. info.Features.Where(feature => feature.IsMotion).Select(feature => feature.Name)]);

    private static string[]? NamesOf(IReadOnlyList<LeRobotFeature> features)
    {
        if (features.All(feature => feature.Names is null) || features.Any(feature => feature.Dimensions is null)) return null;
        return [.. features.SelectMany(feature => feature.Names ?? Numbered(feature))];
    }

    private static IEnumerable<string> Numbered(LeRobotFeature feature) =>
        feature.Dimensions == 1 ? [feature.Name] : Enumerable.Range(0, feature.Dimensions!.Value).Select(i => $"{feature.Name}_{i}");
}
