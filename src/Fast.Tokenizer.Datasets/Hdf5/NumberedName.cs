using System.Globalization;

namespace Fast.Tokenizer.Datasets.Hdf5;

/// <summary>A name that ends in a number, such as <c>demo_12</c>.</summary>
/// <param name="Text">The name.</param>
/// <param name="Number">Its number.</param>
internal readonly record struct NumberedName(string Text, long Number)
{
    /// <summary>Those of the names that are the prefix and a number, in numeric order.</summary>
    public static List<NumberedName> Among(IEnumerable<string> names, string prefix)
    {
        var found = new List<NumberedName>();
        foreach (string name in names)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal)
                && long.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                found.Add(new NumberedName(name, number));
            }
        }

        return [.. found.OrderBy(name => name.Number).ThenBy(name => name.Text, StringComparer.Ordinal)];
    }
}
