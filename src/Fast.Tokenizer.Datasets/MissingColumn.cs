using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Datasets;

/// <summary>Says that a recording has no column (feature, data set) of a name, and which it has.</summary>
internal static class MissingColumn
{
    private const int MostListed = 40;

    /// <summary>The exception to throw.</summary>
    /// <param name="place">The file, for the message.</param>
    /// <param name="name">What was asked for.</param>
    /// <param name="option">The choice that names it, such as <c>action key</c>.</param>
    /// <param name="known">What is there.</param>
    public static InvalidDataException Of(string place, string name, string option, IReadOnlyCollection<string> known)
    {
        string listed = known.Count == 0 ? "it has none" : $"it has {string.Join(", ", known.Take(MostListed).Select(column => $"'{ForeignText.Shown(column)}'"))}";
        string more = known.Count > MostListed ? $" and {known.Count - MostListed} more" : "";
        return new InvalidDataException(
            $"{place}: there is no '{name}'{NearestName.Guess(name, known)}; {listed}{more}; give the {option}");
    }
}
