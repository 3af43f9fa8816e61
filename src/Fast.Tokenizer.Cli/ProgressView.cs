using Fast.Tokenizer.Datasets.Tokens;
using Fast.Tokenizer.Training;
using Spectre.Console;

namespace Fast.Tokenizer.Cli;

/// <summary>Progress bars on a terminal, nothing in a pipe.</summary>
internal sealed class ProgressView
    : IProgress<TrainingProgress>, IProgress<TunePoint>, IProgress<RateDistortionSweepProgress>, IProgress<DatasetTokenizerProgress>
{
    private const int WidthOfTexts = 62;

    private readonly ProgressContext? _context;
    private readonly Dictionary<string, ProgressTask> _bars = [];
    private int _points;

    private ProgressView(ProgressContext? context) => _context = context;

    /// <summary>Does some work while showing its progress; the bars go away with the end of it.</summary>
    public static Task<T> RunAsync<T>(ToolConsole console, Func<ProgressView, Task<T>> work)
    {
        if (console.Progress is null) return work(new ProgressView(null));

        // The bar takes what the longest texts beside it leave.
        int width = Math.Clamp(console.Progress.Profile.Width - WidthOfTexts, 8, 40);
        return console.Progress.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = width },
                new ElapsedTimeColumn(),
                new RateColumn())
            .StartAsync(context => work(new ProgressView(context)));
    }

    /// <summary>Shows how far one kind of work has come. Not for several threads at once.</summary>
    /// <param name="work">What is being done; each gets a bar of its own.</param>
    /// <param name="done">Units done.</param>
    /// <param name="total">Units to do; 0 where that is not known.</param>
    public void Report(string work, long done, long total)
    {
        if (_context is null) return;
        if (!_bars.TryGetValue(work, out ProgressTask? bar)) _bars[work] = bar = _context.AddTask(Markup.Escape(work));
        bar.Description = Markup.Escape(total == 0 ? $"{work} {done}" : $"{work} {done}/{total}");
        bar.IsIndeterminate = total == 0;
        bar.MaxValue = total == 0 ? double.MaxValue : total;
        bar.Value = done;
        if (done == total && total > 0) bar.StopTask();
    }

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        string work = value.Stage switch
        {
            TrainingStage.Statistics => "statistics",
            TrainingStage.Coefficients => "coefficients",
            TrainingStage.Vocabulary => "vocabulary",
            TrainingStage.Reconstruction => "reconstruction points",
            TrainingStage.Pruning => "pruning",
            TrainingStage.Merging => "entries of parts",
            TrainingStage.Comparison => "vocabularies to compare",
            _ => "held-out episodes",
        };
        Report(work, value.Done, value.Total);
    }

    /// <inheritdoc/>
    public void Report(TunePoint value) => Report("points", ++_points, 0);

    /// <inheritdoc/>
    public void Report(DatasetTokenizerProgress value) => Report("chunks", value.Chunks, 0);

    /// <inheritdoc/>
    public void Report(RateDistortionSweepProgress value) => Report("tokenizers", value.Done, value.Total);
}
