using Fast.Tokenizer.Datasets;

namespace Fast.Tokenizer.Cli;

/// <summary>Which robot of a tokenizer for several is meant.</summary>
internal static class EmbodimentChoice
{
    /// <summary>Loads or downloads a tokenizer, for one robot.</summary>
    /// <exception cref="ArgumentException">As of <see cref="Of"/>.</exception>
    public static async Task<FastActionTokenizer> LoadAsync(
        string source, string? name, string option, CancellationToken cancellationToken) =>
        Of(await FastActionTokenizer.LoadOrDownloadAsync(source, cancellationToken: cancellationToken), name, option);

    /// <summary>The tokenizer of one robot.</summary>
    /// <param name="tokenizer">A tokenizer for one robot or for several.</param>
    /// <param name="name">The robot; null for the only one, or the one that the tokenizer has statistics of by itself.</param>
    /// <param name="option">The option that names it, for messages.</param>
    /// <exception cref="ArgumentException">There is no such robot, or none is named and there are several.</exception>
    public static FastActionTokenizer Of(FastActionTokenizer tokenizer, string? name, string option)
    {
        FastTokenizerDefinition definition = tokenizer.Definition;
        string[] known = [.. definition.Embodiments.Keys.Order(StringComparer.Ordinal)];
        if (name is null)
        {
            if (known.Length == 1) return tokenizer.For(known[0]);
            return known.Length == 0 || definition.Normalizer is not null
                ? tokenizer
                : throw new ArgumentException(
                    $"the tokenizer is for {known.Length} robots: give {option} with one of {string.Join(", ", known)}");
        }

        if (known.Contains(name)) return tokenizer.For(name);
        if (known.Length == 0)
            throw new ArgumentException($"{option} {name}: the tokenizer is for one robot without a name; leave {option} out");
        string guess = NearestName.Of(name, known) is { } nearest ? $" (did you mean '{nearest}'?)" : "";
        throw new ArgumentException($"{option}: the tokenizer has no robot '{name}'{guess}; it has {string.Join(", ", known)}");
    }
}
