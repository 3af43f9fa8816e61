using System.CommandLine;
using System.Globalization;
using Fast.Tokenizer.Datasets.Tokens;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary>How to choose among the tokens that could be written: the same options wherever chunks are encoded.</summary>
internal sealed class EncodingOptions
{
    private const string Canonical = "canonical";
    private const string Shortest = "shortest";
    private const string RateDistortion = "rate-distortion";
    private const string Sampled = "sampled";
    private const string Modes =
        "How tokens are chosen: exactly as FAST does, the fewest for the same coefficients, or the best trade of tokens against error";

    private readonly Option<string> _mode;

    private readonly Option<double?> _lambda = new("--lambda")
    {
        Description = "With --mode rate-distortion: the squared error, in quantiser steps, that one token less is worth; 0.3 to 2 is useful.",
        HelpName = "X",
    };

    private readonly Option<string?> _maxError = Bound("--max-error", "Few tokens such that no value is off by more, in physical units");
    private readonly Option<string?> _maxRmse = Bound("--max-rmse", "Few tokens such that no chunk's rmse is larger, in physical units");
    private readonly Option<ulong?> _seed = new("--seed")
    {
        Description = "With --mode sampled: draws other ids for the same actions; each chunk gets a seed of its own from it.",
        HelpName = "N",
    };

    private readonly Option<double?> _temperature = new("--temperature")
    {
        Description = $"With --mode sampled: how much longer than the shortest lists may be. [default: {TokenSampling.DefaultTemperature}]",
        HelpName = "X",
    };

    private readonly Option[] _options;

    /// <summary>Makes the options.</summary>
    /// <param name="withBounds">Whether to have the bounds on the error; <c>verify</c> has limits of these names.</param>
    /// <param name="withSampling">Whether to have the sampled mode, which writes training data.</param>
    public EncodingOptions(bool withBounds = true, bool withSampling = false)
    {
        _mode = withSampling
            ? CommonOption.OneOf("--mode", $"{Modes}; or at random.", Canonical, Shortest, RateDistortion, Sampled)
            : CommonOption.OneOf("--mode", $"{Modes}.", Canonical, Shortest, RateDistortion);
        Option[] bounds = withBounds ? [_maxError, _maxRmse] : [], sampling = withSampling ? [_seed, _temperature] : [];
        _options = [_mode, _lambda, .. bounds, .. sampling];
    }

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> All => _options;

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in _options) command.Add(option);
        command.Validators.Add(result =>
        {
            bool optimised = result.GetResult(_mode)?.GetValueOrDefault<string>() == RateDistortion;
            bool priced = result.GetResult(_lambda) is not null;
            if (optimised && !priced) result.AddError("--mode rate-distortion needs a price: give --lambda, 0.3 to 2 is useful");
            if (!optimised && priced) result.AddError("--lambda is the price in --mode rate-distortion: give that mode too");
            bool sampled = result.GetResult(_mode)?.GetValueOrDefault<string>() == Sampled;
            if (sampled && result.GetResult(_seed) is null)
                result.AddError("--mode sampled needs a seed: give --seed, another for each epoch");
            foreach (Option option in (Option[])[_seed, _temperature])
            {
                if (!sampled && _options.Contains(option) && result.GetResult(option) is not null)
                    result.AddError($"{option.Name} is for --mode sampled: give that mode too");
            }

            Option[] bounds = [.. ((Option[])[_maxError, _maxRmse])
                .Where(option => _options.Contains(option) && result.GetResult(option) is not null)];
            if (bounds.Length > 1) result.AddError("--max-error and --max-rmse exclude each other: give one");
            if (bounds.Length == 1 && result.GetResult(_mode) is { Implicit: false })
                result.AddError($"{bounds[0].Name} chooses the tokens by itself: leave --mode out");
        });
    }

    /// <summary>The mode that a command line asks for.</summary>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public EncodeMode Of(ParseResult parsed)
    {
        if (_options.Contains(_maxError) && parsed.GetValue(_maxError) is { } error)
            return EncodeMode.MaxError(Numbers(error, _maxError.Name));
        if (_options.Contains(_maxRmse) && parsed.GetValue(_maxRmse) is { } rmse) return EncodeMode.MaxRmse(Numbers(rmse, _maxRmse.Name));
        return parsed.GetRequiredValue(_mode) switch
        {
            Shortest => EncodeMode.Shortest,
            RateDistortion => EncodeMode.RateDistortion(parsed.GetValue(_lambda)!.Value),
            _ => EncodeMode.Canonical,
        };
    }

    /// <summary>The mode that a command line asks for, in words.</summary>
    public string Describe(ParseResult parsed)
    {
        foreach (Option<string?> bound in (Option<string?>[])[_maxError, _maxRmse])
        {
            if (_options.Contains(bound) && parsed.GetValue(bound) is { } given) return $"{bound.Name[2..].Replace('-', ' ')} {given}";
        }

        string mode = parsed.GetRequiredValue(_mode);
        return parsed.GetValue(_lambda) is { } lambda ? string.Create(CultureInfo.InvariantCulture, $"{mode}, lambda {lambda}") : mode;
    }

    /// <summary>How chunks are sampled, where a command line asks for it; null where it does not.</summary>
    /// <exception cref="ArgumentException">The temperature is out of range.</exception>
    public TokenSampling? SamplingOf(ParseResult parsed) => parsed.GetRequiredValue(_mode) == Sampled
        ? new TokenSampling(parsed.GetValue(_seed)!.Value, parsed.GetValue(_temperature) ?? TokenSampling.DefaultTemperature)
        : null;

    private static Option<string?> Bound(string name, string description) => new(name)
    {
        Description = $"{description}: one bound, or one per dimension with commas.",
        HelpName = "X",
    };

    private static double[] Numbers(string text, string option) => NumberList.Parse<double>(
        text, option, number => number > 0, "bound; give a number above 0, or one per dimension with commas");
}
