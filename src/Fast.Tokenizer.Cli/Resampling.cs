using System.Globalization;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Cli.Commands;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli;

/// <summary>A recording at the rate that the command line asks for.</summary>
internal static class Resampling
{
    /// <summary>Wraps a recording.</summary>
    /// <param name="source">The recording.</param>
    /// <param name="rate">Steps per second to give; null leaves the recording as it is.</param>
    /// <param name="recorded">Its own rate; null takes what it says.</param>
    /// <param name="space">Says which dimensions are binary or angles; null where none is.</param>
    /// <param name="held">More dimensions that are not interpolated, see <see cref="DimensionList"/>; null for none.</param>
    /// <param name="option">The option that lists them, for messages.</param>
    /// <exception cref="ArgumentException">A rate is missing or out of range, or the list is wrong or has no use.</exception>
    public static IEpisodeSource Of(
        IEpisodeSource source, double? rate, double? recorded, ActionSpace? space, string? held, string option)
    {
        if (rate is not { } wanted)
            return held is null ? source : throw new ArgumentException($"{option} says what is not interpolated: give --resample too");
        if (source.Rate is null && recorded is null)
            throw new ArgumentException($"{source.Name} does not say its rate, and cannot be resampled without it: give --rate");
        ResamplingOptions options = space is null ? new ResamplingOptions() : ResamplingOptions.Of(space);
        IReadOnlyList<int> listed = held is null ? [] : DimensionList.Parse(held, source.DimensionNames, option);
        return new ResampledEpisodeSource(
            source, wanted, options with { RecordedRate = recorded, HeldDimensions = [.. options.HeldDimensions, .. listed] });
    }

    /// <summary>Wraps a recording that a tokenizer is used on; says where its rate is not the one that was trained at.</summary>
    /// <param name="source">The recording.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="rate">As of <see cref="Of"/>.</param>
    /// <param name="held">As of <see cref="Of"/>.</param>
    /// <param name="option">As of <see cref="Of"/>.</param>
    /// <param name="console">Told of the other rate.</param>
    /// <exception cref="ArgumentException">As of <see cref="Of"/>.</exception>
    public static IEpisodeSource For(
        IEpisodeSource source, FastActionTokenizer tokenizer, double? rate, string? held, string option, ToolConsole console)
    {
        source = Of(source, rate, null, tokenizer.Definition.ActionSpace, held, option);
        if (source.Rate is { } recorded && tokenizer.Definition.Metadata.Rate is { } trained && recorded != trained)
        {
            console.Note(string.Create(CultureInfo.InvariantCulture,
                $"the recording has {recorded} steps per second, the tokenizer was trained at {trained}: "
                + $"{CommonOption.ResampleName} {trained} takes it at that rate"));
        }

        return source;
    }
}
