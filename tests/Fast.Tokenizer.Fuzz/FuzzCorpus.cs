using System.Reflection;

namespace Fast.Tokenizer.Fuzz;

/// <summary>The inputs that fuzzing starts from: those that a target makes, and those that stand in <c>Corpus</c>.</summary>
internal static class FuzzCorpus
{
    /// <summary>The inputs of a target, each with a name.</summary>
    public static IReadOnlyList<(string Name, byte[] Bytes)> Of(FuzzTarget target) =>
        [.. target.Seeds().Select((bytes, i) => ($"seed-{i:D2}", bytes)), .. Stored(target.Name)];

    private static IEnumerable<(string Name, byte[] Bytes)> Stored(string target)
    {
        Assembly assembly = typeof(FuzzCorpus).Assembly;
        string prefix = $"Corpus/{target}/";
        foreach (string name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal)) continue;
            using var bytes = new MemoryStream();
            using Stream resource = assembly.GetManifestResourceStream(name)!;
            resource.CopyTo(bytes);
            yield return (name[prefix.Length..], bytes.ToArray());
        }
    }
}
