using System.Globalization;
using System.Text.RegularExpressions;
using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Datasets;

/// <summary>The files that a data set is divided into, such as <c>data-00000-of-00002.arrow</c>.</summary>
internal static partial class ShardFiles
{
    /// <summary>The files of a folder that match a pattern, set by set in ordinal order, each set in the order of its shards.</summary>
    /// <param name="folder">The folder; what is below it is not looked at.</param>
    /// <param name="pattern">A pattern with <c>*</c>.</param>
    /// <returns>The full paths; a file whose name does not say which shard it is stands for itself.</returns>
    /// <exception cref="InvalidDataException">A shard is missing from a set.</exception>
    public static IReadOnlyList<string> In(string folder, string pattern)
    {
        var found = new List<string>();
        foreach (var set in Directory.EnumerateFiles(folder, pattern).Select(Path.GetFileName).OfType<string>()
            .Select(name => (Name: name, Shard: ShardName().Match(name)))
            .GroupBy(file => file.Shard.Success ? file.Shard.Result("${before}*${count}${after}") : file.Name, StringComparer.Ordinal)
            .OrderBy(set => set.Key, StringComparer.Ordinal))
        {
            var shards = set.OrderBy(file => Number(file.Shard, "index")).ThenBy(file => file.Name, StringComparer.Ordinal).ToList();
            if (shards[0].Shard is { Success: true } shard)
            {
                int count = Number(shard, "count");
                // What is missing is found among those that are there, however many the names promise.
                int missing = Enumerable.Range(0, shards.Count + 1).First(i => i == shards.Count || Number(shards[i].Shard, "index") != i);
                if (missing != count)
                {
                    string index = missing.ToString(CultureInfo.InvariantCulture).PadLeft(shard.Groups["index"].Length, '0');
                    throw Missing(folder, shard.Result($"${{before}}-{index}-of-${{count}}${{after}}"));
                }
            }

            found.AddRange(shards.Select(file => Path.Combine(folder, file.Name)));
        }

        return found;
    }

    /// <summary>A file that stands in a folder under a name read from a file.</summary>
    /// <param name="place">The file that names it, for the message.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="InvalidDataException">The name is none of a file of this folder.</exception>
    public static string Beside(string place, string folder, string name) =>
        name.Length > 0 && name is not ("." or "..") && !name.AsSpan().ContainsAny("/\\:\0")
            ? Path.Combine(folder, name)
            : throw new InvalidDataException($"{place}: '{ForeignText.Shown(name)}' is no file name; the files "
                + $"of a data set stand beside it");

    /// <summary>The exception to throw where a shard is missing.</summary>
    public static InvalidDataException Missing(string folder, string name) =>
        new($"folder '{folder}': the shard '{ForeignText.Shown(name)}' is missing; fetch it, or open the files that are there one by one");

    private static int Number(Match shard, string group) =>
        shard.Success ? int.Parse(shard.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex("^(?<before>.*)-(?<index>[0-9]{1,9})-of-(?<count>[0-9]{1,9})(?<after>[^0-9]*)$", RegexOptions.CultureInvariant)]
    private static partial Regex ShardName();
}
