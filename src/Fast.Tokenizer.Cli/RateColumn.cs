using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Fast.Tokenizer.Cli;

/// <summary>How many units of work a second are done, and about how long the rest takes.</summary>
internal sealed class RateColumn : ProgressColumn
{
    // The first second says little: files are opened, code is compiled.
    private static readonly TimeSpan _settled = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override bool NoWrap => true;

    /// <inheritdoc/>
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(TextOf(task.Value, task.IsIndeterminate ? null : task.MaxValue, task.ElapsedTime ?? TimeSpan.Zero));

    /// <summary>What the column says.</summary>
    /// <param name="done">Units done.</param>
    /// <param name="total">Units to do; null where that is not known.</param>
    /// <param name="elapsed">Time since the work began.</param>
    public static string TextOf(double done, double? total, TimeSpan elapsed)
    {
        if (elapsed < _settled || !(done > 0)) return "";
        double rate = done / elapsed.TotalSeconds;
        string speed = string.Create(CultureInfo.InvariantCulture, $"{Digits(rate)}/s");
        if (total is not { } all || done >= all) return speed;
        var left = TimeSpan.FromSeconds(Math.Ceiling(Math.Min((all - done) / rate, TimeSpan.MaxValue.TotalSeconds / 2)));
        return left.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{speed}, {(long)left.TotalHours}:{left.Minutes:D2}:{left.Seconds:D2} left")
            : string.Create(CultureInfo.InvariantCulture, $"{speed}, {left.Minutes}:{left.Seconds:D2} left");
    }

    private static string Digits(double rate) => rate switch
    {
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{rate / 1e6:F1}M"),
        >= 1e4 => string.Create(CultureInfo.InvariantCulture, $"{rate / 1e3:F0}k"),
        >= 10 => string.Create(CultureInfo.InvariantCulture, $"{rate:F0}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{rate:F1}"),
    };
}
