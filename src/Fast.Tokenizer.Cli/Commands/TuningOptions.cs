using System.CommandLine;
using System.Globalization;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary>What <c>train</c> is to reach, where it is to choose the scale and the price of a token itself.</summary>
internal sealed class TuningOptions
{
    private const double DefaultValidation = 0.2;

    // One of a few episodes often holds values that no other does; no scale would then reach a target on it.
    private const int FewEpisodes = 10;

    private readonly Option<string?> _rmse = Target(
        "--target-rmse",
        "Choose scale and lambda: the fewest tokens with an rmse of at most this, in physical units: one, or one per dimension.");
    private readonly Option<string?> _maxError = Target(
        "--target-max-error", "The same for the largest error of any value, in physical units: one, or one per dimension.");
    private readonly Option<string?> _rmseNormalized = Target("--target-rmse-normalized", "The same for the rmse in normalised units.");
    private readonly Option<string?> _maxErrorNormalized = Target(
        "--target-max-error-normalized", "The same for the largest error in normalised units.");
    private readonly Option<string?> _tokens = Target(
        "--target-tokens", "Choose scale and lambda: the smallest rmse with at most this many tokens per chunk on average.");

    private readonly Option<double?> _validation = new("--validation")
    {
        Description = "With a target: share of the training episodes, the last ones, that points are measured on instead of trained on; "
            + $"0 trains and measures on all. [default: {DefaultValidation}, or 0 where fewer than {FewEpisodes} episodes are trained on]",
        HelpName = "F",
    };

    private readonly Option<string?>[] _targets;

    /// <summary>Makes the options.</summary>
    public TuningOptions() => _targets = [_rmse, _maxError, _rmseNormalized, _maxErrorNormalized, _tokens];

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="chosen">Options that a target chooses, and that therefore cannot be given beside one.</param>
    public void AddTo(Command command, params Option[] chosen)
    {
        foreach (Option option in (Option[])[.. _targets, _validation]) command.Add(option);
        command.Validators.Add(result =>
        {
            string[] given = [.. _targets.Where(target => result.GetResult(target) is not null).Select(target => target.Name)];
            if (given.Length > 1) result.AddError($"{string.Join(" and ", given)} exclude each other: give one target");
            if (given.Length == 0 && result.GetResult(_validation) is not null)
            {
                string all = string.Join(", ", _targets.Select(target => target.Name));
                result.AddError($"{_validation.Name} is for a target: give one of {all}");
            }

            if (given.Length != 1) return;
            foreach (Option option in chosen)
            {
                if (result.GetResult(option) is { Implicit: false })
                    result.AddError($"{given[0]} chooses the scale and the mode by itself: leave {option.Name} out");
            }
        });
    }

    /// <summary>Whether a command line has a target.</summary>
    public bool IsGiven(ParseResult parsed) => _targets.Any(target => parsed.GetValue(target) is not null);

    /// <summary>What a command line asks for; null where it has no target.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="training">How to train.</param>
    /// <param name="source">The recording.</param>
    /// <param name="console">Told where training and measuring share episodes.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="ArgumentException">A target is no positive number, or does not fit the recording.</exception>
    public async Task<TuneOptions?> ReadAsync(
        ParseResult parsed, TrainingOptions training, IEpisodeSource source, ToolConsole console, CancellationToken cancellationToken)
    {
        if (_targets.FirstOrDefault(target => parsed.GetValue(target) is not null) is not { } given) return null;
        double[] numbers = NumberList.Parse<double>(
            parsed.GetValue(given)!, given.Name, number => number > 0, "target; give a number above 0");
        bool isPhysical = given == _rmse || given == _maxError;
        if (!isPhysical && numbers.Length > 1)
            throw new ArgumentException($"{given.Name} has {numbers.Length} numbers: give one");
        if (isPhysical)
        {
            int count = await TrainingOptionSet.DimensionsAsync(training, source, cancellationToken);
            if (numbers.Length == 1) numbers = [.. Enumerable.Repeat(numbers[0], count)];
            if (numbers.Length != count)
                throw new ArgumentException($"{given.Name} has {numbers.Length} numbers for {count} dimensions: give one, or one for each");
        }

        if (parsed.GetValue(_validation) is not { } validation)
        {
            bool isFew = await TrainingOptionSet.EpisodesAsync(training, source, cancellationToken) < FewEpisodes;
            validation = isFew ? 0 : DefaultValidation;
            string few = $"fewer than {FewEpisodes} episodes are trained on: the target is measured on them too; see {_validation.Name}";
            if (isFew) console.Note(few);
        }

        return new TuneOptions
        {
            Training = training,
            ValidationFraction = validation,
            Rmse = given == _rmse ? numbers : null,
            MaxError = given == _maxError ? numbers : null,
            RmseNormalized = given == _rmseNormalized ? numbers[0] : null,
            MaxErrorNormalized = given == _maxErrorNormalized ? numbers[0] : null,
            MeanTokens = given == _tokens ? numbers[0] : null,
        };
    }

    /// <summary>The options of <c>encode</c> and <c>evaluate</c> that choose tokens as a tuning did.</summary>
    public static string EncodingArguments(TunePoint point) => point.Lambda > 0
        ? string.Create(CultureInfo.InvariantCulture, $"--mode rate-distortion --lambda {point.Lambda}")
        : "--mode shortest";

    private static Option<string?> Target(string name, string description) => new(name) { Description = description, HelpName = "X" };
}
