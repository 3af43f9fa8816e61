using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets;

/// <summary>What every episode of one recording must be, whatever its format: of the same dimensions, and finite.</summary>
/// <param name="place">The recording, for messages.</param>
/// <param name="names">Dimension names, or null.</param>
/// <param name="namesPlace">Where the names come from, for messages.</param>
internal sealed class EpisodeChecks(string place, IReadOnlyList<string>? names, string? namesPlace = null)
{
    /// <summary>No robot has more; a larger number is a transposed or a wrong array.</summary>
    public const int MaxDimensions = 4096;

    private string? _first;
    private int _dimensions;

    /// <summary>Checks dimensions before the values are read.</summary>
    /// <exception cref="InvalidDataException">None, too many, other than the first episode's, or not one per name.</exception>
    public void AcceptDimensions(string episode, int dimensions)
    {
        if (dimensions is < 1 or > MaxDimensions)
            throw new InvalidDataException($"{place}: episode '{ForeignText.Shown(episode)}' has {dimensions} "
                + $"dimensions; expected 1 to {MaxDimensions}");
        if (_first is null && names is not null && names.Count != dimensions)
        {
            throw new InvalidDataException(
                $"{place}: episode '{ForeignText.Shown(episode)}' has {dimensions} dimensions, "
                + $"but {names.Count} dimension names stand in '{namesPlace ?? place}'");
        }

        if (_first is not null && dimensions != _dimensions)
        {
            throw new InvalidDataException(
                $"{place}: episode '{ForeignText.Shown(episode)}' has {dimensions} dimensions, "
                + $"but episode '{ForeignText.Shown(_first)}' has {_dimensions}; give episodes of one robot");
        }

        _first ??= episode;
        _dimensions = dimensions;
    }

    /// <summary>Checks a whole episode and hands it on.</summary>
    /// <exception cref="InvalidDataException">Wrong dimensions, or a value that is not finite; step and dimension are named.</exception>
    public Episode Accept(Episode episode)
    {
        AcceptDimensions(episode.Name, episode.Dimensions);
        ReadOnlySpan<double> actions = episode.Actions.Span;
        for (int i = 0; i < actions.Length; i++)
        {
            if (double.IsFinite(actions[i])) continue;
            (int step, int dimension) = Math.DivRem(i, episode.Dimensions);
            string name = names is null ? "" : $" ('{ForeignText.Shown(names[dimension])}')";
            string value = double.IsNaN(actions[i]) ? "NaN" : actions[i] > 0 ? "infinity" : "-infinity";
            throw new InvalidDataException(
                $"{place}: episode '{ForeignText.Shown(episode.Name)}' is {value} at step {step}, dimension "
                + $"{dimension}{name}; repair or remove the episode");
        }

        return episode;
    }
}
