using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fast.Tokenizer.Fidelity;
using Spectre.Console;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary><c>verify</c>: whether a tokenizer keeps its limits on recorded episodes.</summary>
internal sealed class VerifyCommand : ToolCommand
{
    private readonly EvaluationOptions _evaluation = new(withBounds: false);
    private readonly Option<double?> _maxRmse = Limit("--max-rmse", "Most the rmse may be, in physical units.");
    private readonly Option<double?> _maxError = Limit("--max-error", "Most the largest error may be, in physical units.");
    private readonly Option<double?> _maxRmseNormalized = Limit("--max-rmse-normalized", "Most the rmse may be, in normalised units.");
    private readonly Option<double?> _maxErrorNormalized = Limit(
        "--max-error-normalized", "Most the largest error may be, in normalised units.");
    private readonly Option<double?> _maxMeanTokens = Limit("--max-mean-tokens", "Most tokens a chunk may take on average.");
    private readonly Option<double?> _maxP99Error = Limit(
        "--max-p99-error", "Most the 99th percentile of the errors of any dimension may be, in physical units.");
    private readonly Option<double?> _maxP99ErrorNormalized = Limit(
        "--max-p99-error-normalized", "Most the 99th percentile of the errors of any dimension may be, in normalised units.");
    private readonly Option<double?> _maxBias = Limit("--max-bias", "Most the mean error of any dimension may be, in physical units.");
    private readonly Option<double?> _maxP95Tokens = Limit("--max-p95-tokens", "Most tokens that 95 % of the chunks may take.");
    private readonly Option<double?> _maxP99Tokens = Limit("--max-p99-tokens", "Most tokens that 99 % of the chunks may take.");
    private readonly Option<double?> _maxTokens = Limit("--max-tokens", "Most tokens any chunk may take.");
    private readonly Option<double?> _maxTokensPerSecond = Limit("--max-tokens-per-second", "Most tokens per second of motion, on average.");
    private readonly Option<double?> _maxClipped = Limit("--max-clipped", "Most values that may be clipped.");
    private readonly Option<string[]> _dimension = new("--dim-limit")
    {
        Description = "Limits on single dimensions, in their units: NAME.rmse, NAME.max_error, NAME.p99_error or NAME.bias.",
        HelpName = "NAME.FIGURE=X",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<bool> _json = CommonOption.Json();

    /// <summary>Makes the command.</summary>
    public VerifyCommand(ToolConsole console)
        : base(console, "verify", "Checks a tokenizer against limits on recorded episodes; exit code 1 where one is missed.")
    {
        _evaluation.AddTo(this);
        Option<double?>[] limits =
        [
            _maxRmse, _maxError, _maxRmseNormalized, _maxErrorNormalized, _maxMeanTokens, _maxP99Error, _maxP99ErrorNormalized, _maxBias,
            _maxP95Tokens, _maxP99Tokens, _maxTokens, _maxTokensPerSecond, _maxClipped,
        ];
        foreach (Option<double?> limit in limits) Add(limit);
        Add(_dimension);
        Add(_json);
        Validators.Add(result =>
        {
            Option[] all = [.. limits, _dimension];
            if (all.All(limit => result.GetResult(limit) is null))
                result.AddError($"no limit was given: give at least one of {string.Join(", ", all.Select(limit => limit.Name))}");
        });
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "verify --tokenizer my-tokenizer --data episodes.npz --max-rmse 0.01 --max-error 0.1 --max-mean-tokens 60",
        "verify --tokenizer my-tokenizer --data episodes.npz --dim-limit gripper.max_error=0.05 wrist.bias=0.001",
    ];

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var gate = new FidelityGate
        {
            MaxRmse = parsed.GetValue(_maxRmse),
            MaxError = parsed.GetValue(_maxError),
            MaxRmseNormalized = parsed.GetValue(_maxRmseNormalized),
            MaxErrorNormalized = parsed.GetValue(_maxErrorNormalized),
            MaxMeanTokens = parsed.GetValue(_maxMeanTokens),
            MaxP99Error = parsed.GetValue(_maxP99Error),
            MaxP99ErrorNormalized = parsed.GetValue(_maxP99ErrorNormalized),
            MaxBias = parsed.GetValue(_maxBias),
            MaxP95Tokens = parsed.GetValue(_maxP95Tokens),
            MaxP99Tokens = parsed.GetValue(_maxP99Tokens),
            MaxTokens = parsed.GetValue(_maxTokens),
            MaxTokensPerSecond = parsed.GetValue(_maxTokensPerSecond),
            MaxClipped = parsed.GetValue(_maxClipped),
            Dimensions = DimensionLimits.Parse(parsed.GetValue(_dimension) ?? [], _dimension.Name),
        };
        FidelityReport report = await _evaluation.RunAsync(parsed, Console, cancellationToken);
        VerificationResult result = VerificationResult.Of(report, gate);
        if (parsed.GetValue(_json)) Console.Output.WriteLine(JsonSerializer.Serialize(result, ToolJson.Indented.VerificationResult));
        else Write(result);
        return result.Passed ? ExitCode.Done : ExitCode.ThresholdMissed;
    }

    private static Option<double?> Limit(string name, string description)
    {
        var option = new Option<double?>(name) { Description = description, HelpName = "X" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [{ Value: var text }]) return;
            if (double.TryParse(text, CultureInfo.InvariantCulture, out double limit) && !(limit >= 0))
                result.AddError($"{name} {text} is no limit: give a number, 0 or above");
        });
        return option;
    }

    private void Write(VerificationResult result)
    {
        Table table = new Table { Border = TableBorder.Simple }
            .AddColumn("figure")
            .AddColumn(new TableColumn("value").RightAligned())
            .AddColumn(new TableColumn("limit").RightAligned())
            .AddColumn("");
        foreach (VerificationCheck check in result.Checks)
        {
            table.AddRow(
                new Text(check.Figure),
                new Text(check.Value is null && !check.Passed ? "unbounded" : FigureTable.Text(check.Value)),
                new Text(FigureTable.Text(check.Limit)),
                new Text(check.Passed ? "kept" : "MISSED", check.Passed ? Style.Plain : new Style(Color.Red)));
        }

        Console.Tables.Write(table);
        foreach (VerificationCheck missed in result.Checks.Where(check => !check.Passed))
            Console.Output.WriteLine($"{missed.Figure}: {missed.WorstCase}");
    }
}
