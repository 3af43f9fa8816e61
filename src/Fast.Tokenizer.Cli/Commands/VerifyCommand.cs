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
    private readonly (Option<double?> Option, Func<FidelityGate, double, FidelityGate> Set)[] _limits =
    [
        (Limit("--max-rmse", "Most the rmse may be, in physical units."), (gate, limit) => gate with { MaxRmse = limit }),
        (Limit("--max-error", "Most the largest error may be, in physical units."), (gate, limit) => gate with { MaxError = limit }),
        (Limit("--max-rmse-normalized", "Most the rmse may be, in normalised units."), (gate, limit) => gate with { MaxRmseNormalized = limit }),
        (Limit("--max-error-normalized", "Most the largest error may be, in normalised units."),
            (gate, limit) => gate with { MaxErrorNormalized = limit }),
        (Limit("--max-mean-absolute-error", "Most the mean absolute error of any dimension may be, in physical units."),
            (gate, limit) => gate with { MaxMeanAbsoluteError = limit }),
        (Limit("--max-p99-error", "Most the 99th percentile of the errors of any dimension may be, in physical units."),
            (gate, limit) => gate with { MaxP99Error = limit }),
        (Limit("--max-p99-error-normalized", "Most the 99th percentile of the errors of any dimension may be, in normalised units."),
            (gate, limit) => gate with { MaxP99ErrorNormalized = limit }),
        (Limit("--max-bias", "Most the mean error of any dimension may be, in physical units."), (gate, limit) => gate with { MaxBias = limit }),
        (Limit("--max-step-rmse-normalized", "Most the rmse of any time step of the chunk may be, in normalised units."),
            (gate, limit) => gate with { MaxStepRmseNormalized = limit }),
        (Limit("--max-prefix-rmse-normalized", "Most the rmse may be that three quarters of the tokens give, in normalised units."),
            (gate, limit) => gate with { MaxPrefixRmseNormalized = limit }),
        (Limit("--max-mean-tokens", "Most tokens a chunk may take on average."), (gate, limit) => gate with { MaxMeanTokens = limit }),
        (Limit("--max-p50-tokens", "Most tokens that half of the chunks may take."), (gate, limit) => gate with { MaxP50Tokens = limit }),
        (Limit("--max-p95-tokens", "Most tokens that 95 % of the chunks may take."), (gate, limit) => gate with { MaxP95Tokens = limit }),
        (Limit("--max-p99-tokens", "Most tokens that 99 % of the chunks may take."), (gate, limit) => gate with { MaxP99Tokens = limit }),
        (Limit("--max-tokens", "Most tokens any chunk may take."), (gate, limit) => gate with { MaxTokens = limit }),
        (Limit("--max-tokens-per-second", "Most tokens per second of motion, on average."),
            (gate, limit) => gate with { MaxTokensPerSecond = limit }),
        (Limit("--min-compression-ratio", "Fewest values per token, on average."), (gate, limit) => gate with { MinCompressionRatio = limit }),
        (Limit("--max-clipped", "Most values that may be clipped."), (gate, limit) => gate with { MaxClipped = limit }),
        (Limit("--max-undecodable-chunks", "Most chunks whose tokens may not decode; 0 unless given."),
            (gate, limit) => gate with { MaxUndecodableChunks = limit }),
        (Limit("--min-used-share", "Least share of the ids that must occur, from 0 to 1."), (gate, limit) => gate with { MinUsedShare = limit }),
        (Limit("--min-entropy", "Least entropy of the ids, from 0 to 1."), (gate, limit) => gate with { MinEntropy = limit }),
        (Limit("--max-most-frequent-share", "Largest share of the tokens that one id may have, from 0 to 1."),
            (gate, limit) => gate with { MaxMostFrequentShare = limit }),
    ];

    private readonly Option<string[]> _dimension = CommonOption.DimensionLimit();

    private readonly Option<bool> _json = CommonOption.Json();

    /// <summary>Makes the command.</summary>
    public VerifyCommand(ToolConsole console)
        : base(console, "verify", "Checks a tokenizer against limits on recorded episodes; exit code 1 where one is missed.")
    {
        _evaluation.AddTo(this);
        foreach ((Option<double?> limit, _) in _limits) Add(limit);
        Add(_dimension);
        Add(_json);
        Validators.Add(result =>
        {
            Option[] all = [.. _limits.Select(limit => limit.Option), _dimension];
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
        FidelityGate gate = _limits.Aggregate(
            new FidelityGate { MaxUndecodableChunks = null, Dimensions = DimensionLimits.Parse(parsed.GetValue(_dimension) ?? [], _dimension.Name) },
            (gate, limit) => parsed.GetValue(limit.Option) is { } given ? limit.Set(gate, given) : gate);
        FidelityReport report = await _evaluation.RunAsync(parsed, Console, cancellationToken);
        VerificationResult result = VerificationResult.Of(report, gate);
        if (parsed.GetValue(_json))
            Console.Output.WriteLine(_evaluation.Bad.AddTo(JsonSerializer.Serialize(result, ToolJson.Indented.VerificationResult)));
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
