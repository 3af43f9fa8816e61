using Fast.Tokenizer.Fidelity;
using Spectre.Console;

namespace Fast.Tokenizer.Cli.Tests;

/// <summary>The report on a terminal of 80 columns.</summary>
public sealed class FidelityTablesTests
{
    private static readonly string[] _joints =
    [
        "left_waist", "left_shoulder", "left_elbow", "left_forearm_roll", "left_wrist_angle", "left_gripper", "right_waist", "right_shoulder",
    ];

    [Fact]
    public void No_line_is_wider_than_80_columns_and_no_word_is_broken()
    {
        FidelityReport report = Report(chunks: 200);
        string[] lines = Lines(report);

        Assert.All(lines, line => Assert.InRange(line.Length, 0, 80));
        string text = string.Join('\n', lines);
        Assert.All(_joints, joint => Assert.Contains($" {joint} ", text, StringComparison.Ordinal));
        foreach (FidelityDimension row in report.PerDimension)
        {
            foreach (double? figure in (double?[])[row.Rmse, row.MeanAbsoluteError, row.P99Error, row.MaxError, row.MeanError, row.MeanErrorNormalized])
                Assert.Contains($" {FigureTable.Text(figure)} ", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void All_worst_chunks_are_listed()
    {
        FidelityReport report = Report(chunks: 200);
        Assert.Equal(10, report.WorstChunks.Count);
        string text = string.Join('\n', Lines(report));
        Assert.All(report.WorstChunks, chunk => Assert.Matches($@"{chunk.Episode} +{chunk.Step} +{chunk.Tokens} +{FigureTable.Text(chunk.MaxError)} ", text));
    }

    [Fact]
    public void First_middle_last_and_worst_step_are_shown()
    {
        string[] lines = Lines(Report(chunks: 3) with
        {
            PerStep = [.. Enumerable.Range(0, 50).Select(step => new FidelityStep(step, 0.01 + step, step == 13 ? 99.5 : 0.25))],
        });
        int first = Array.FindIndex(lines, line => line.Contains("step of the chunk", StringComparison.Ordinal)) + 3;
        Assert.Equal(
            ["0 0.01 0.25", "13, the worst 13.01 99.5", "25 25.01 0.25", "49 49.01 0.25", ""],
            lines[first..(first + 5)].Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
    }

    [Fact]
    public void A_chunk_of_one_step_has_one_row_of_steps() =>
        Assert.Single(Lines(Report(chunks: 3) with { PerStep = [new(0, 0.5, null)] }), line => line.Contains("0, the worst", StringComparison.Ordinal));

    [Fact]
    public void Chunks_that_do_not_decode_are_told_with_their_tokens()
    {
        FidelityReport report = Report(chunks: 3) with { UndecodableChunks = 4, UndecodableTokens = 77, FirstUndecodable = new("episode_000009", 5, 0, "x") };
        string text = string.Join(' ', string.Join(' ', Lines(report)).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("4 with 77 tokens, in no other row; the first from step 5 of 'episode_000009'", text, StringComparison.Ordinal);
    }

    // Windows one step apart of motion that binning gets wrong by numbers of many digits.
    private static FidelityReport Report(int chunks)
    {
        var random = new Random(1);
        var shape = new ActionShape(5, _joints.Length);
        var metadata = new ActionMetadata { DimensionNames = _joints, DimensionUnits = [.. _joints.Select(_ => "rad/s")], Rate = 50 };
        var evaluator = new FidelityEvaluator(new BinningActionTokenizer(4096), shape, metadata: metadata);
        for (int i = 0; i < chunks; i++)
            evaluator.Add([.. Enumerable.Range(0, shape.Count).Select(_ => (2 * random.NextDouble()) - 1)], "episode_000012", i);
        return evaluator.ToReport();
    }

    private static string[] Lines(FidelityReport report)
    {
        using var writer = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = 80;
        FidelityTables.Write(console, report);
        string[] lines = writer.ToString().ReplaceLineEndings("\n").Split('\n');
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', lines));
        return lines;
    }
}
