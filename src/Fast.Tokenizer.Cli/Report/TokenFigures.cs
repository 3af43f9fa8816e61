using System.Numerics;
using Fast.Tokenizer.Cli.Report.Charts;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Training;
using static Fast.Tokenizer.Cli.Report.ReportNumber;

namespace Fast.Tokenizer.Cli.Report;

/// <summary>What the tokens are like: how many, how long, how evenly used, and what fewer would cost.</summary>
/// <param name="figures">The figures.</param>
internal sealed class TokenFigures(ReportFigures figures)
{
    // More bars than that are thinner than their gaps.
    private const int MostBars = 60;

    /// <summary>The figures, in the order of the page.</summary>
    public IEnumerable<Html> All()
    {
        yield return TokensPerChunk();
        if (figures.RateDistortion.Count > 0) yield return RateDistortion();
        if (figures.Distributions.TokensByCoefficients is { } lengths) yield return CoefficientsPerToken(lengths);
        yield return VocabularyUse();
        if (figures.Fidelity.PrefixQuality is { } prefixes && figures.Fidelity.RmseNormalized is not null) yield return Prefixes(prefixes);
    }

    private Html TokensPerChunk()
    {
        IReadOnlyList<long> chunks = figures.Distributions.ChunksByTokens;
        FidelityReport report = figures.Fidelity;
        string description = $"Histogram of tokens per chunk over {Number(report.Chunks)} chunks: mean {Number(report.MeanTokens)}, "
            + $"median {Number(report.P50Tokens)}, 99th percentile {Number(report.P99Tokens)}, most {Number(report.MaxTokens)}.";
        int first = Enumerable.Range(0, chunks.Count).First(i => chunks[i] > 0);
        return ReportFigure.Narrow(
            "tokens-per-chunk",
            "Tokens per chunk",
            $"A policy runs once per token. Half of the chunks take at most {Number(report.P50Tokens)}, "
            + $"99 of 100 at most {Number(report.P99Tokens)}.",
            Histogram("tokens per chunk", "chunks", chunks, first, description, (report.MeanTokens, "mean"), (report.P99Tokens, "99 %")));
    }

    private static Html CoefficientsPerToken(IReadOnlyList<long> lengths)
    {
        double tokens = lengths.Sum(), mean = lengths.Select((count, i) => (double)count * i).Sum() / tokens;
        int median = Rank(lengths, 0.5), most = lengths.Count - 1;
        return ReportFigure.Narrow(
            "coefficients-per-token",
            "Coefficients per token",
            $"How much one token says: {Number(mean)} coefficients on average, half of them at most {median}.",
            Doubling(
                "coefficients per token",
                "tokens",
                lengths.Select((count, i) => ((long)i, count)),
                $"Histogram of coefficients per token as they are used: mean {Number(mean)}, median {median}, most {most}."));
    }

    private Html VocabularyUse()
    {
        IReadOnlyList<long> ids = figures.Distributions.IdCounts;

        VocabularyUse use = figures.Fidelity.VocabularyUse;
        string unused = $"{Number(ids.Count(count => count == 0))} of {Number(ids.Count)} ids never occur";
        Html drawing = Doubling(
            "how often an id occurs",
            "ids",
            ids.Select(count => (count, 1L)),
            $"Histogram of how often ids occur: {unused}; entropy {Number(use.Entropy)} of 1.");
        return ReportFigure.Narrow(
            "vocabulary-use",
            "Use of the vocabulary",
            $"{unused}. The most frequent is {Percent(use.MostFrequentShare)} of all tokens; "
            + $"entropy {Number(use.Entropy)}, where 1 is the most even use.",
            drawing);
    }

    private Html RateDistortion()
    {
        FidelityReport report = figures.Fidelity;
        IReadOnlyList<RateDistortionSweepPoint> points = figures.RateDistortion;
        RateDistortionSweepPoint binning = points.Single(point => point.Scheme == RateDistortionSweepScheme.Binning);
        RateDistortionSweepPoint canonical = points.Single(point => point.Scheme == RateDistortionSweepScheme.Canonical);
        string description = "Tokens per chunk against RMSE, both logarithmic. "
            + string.Join("; ", points.Select(point => string.Concat(
                point == binning ? "binning" : point == canonical ? "canonical" : $"lambda {Number(point.Lambda)}",
                $": {Number(point.MeanTokens)} tokens, {Percent(point.RmseNormalized)}"))) + ".";
        return ReportFigure.Narrow(
            "rate-distortion",
            "Tokens against error",
            HtmlTemplate.Load("rate-distortion-text.html").Fill(
                ("windows", Html.Of(Number(figures.Windows))),
                ("canonical", Html.Of(Number(canonical.MeanTokens))),
                ("binning", Html.Of(Number(binning.MeanTokens)))),
            RateDistortionChart.Draw(points, report.RmseNormalized is { } rmse ? (report.MeanTokens, rmse) : null, description));
    }

    private Html Prefixes(IReadOnlyList<FidelityPrefix> prefixes)
    {
        (double Share, double Rmse)[] rows =
            [.. prefixes.Select(row => (row.Share, row.RmseNormalized!.Value)), (1, figures.Fidelity.RmseNormalized!.Value)];
        var frame = new ChartFrame(
            ChartAxis.Linear("tokens decoded, %", 0, 100),
            ChartAxis.Linear("RMSE, % of half the range", 0, 100 * rows.Max(row => row.Rmse)));
        frame.Add(rows.Select(row => Svg.Circle(
            "dot s1", frame.X(100 * row.Share), frame.Y(100 * row.Rmse), 4, $"first {Percent(row.Share)}: RMSE {Percent(row.Rmse)}")));
        return ReportFigure.Narrow(
            "prefix-quality",
            "If the tokens stop early",
            "The error of the chunk that the first tokens alone give. Where low frequencies come first, every prefix is a smoother version of it.",
            CurveChart.Draw(
                frame,
                $"RMSE by share of the tokens decoded. {string.Join(", ", rows.Select(row => $"{Percent(row.Share)}: {Percent(row.Rmse)}"))}.",
                [.. rows.Select(row => 100 * row.Share)],
                [.. rows.Select(row => 100 * row.Rmse)]));
    }

    private static Html Histogram(
        string x, string y, IReadOnlyList<long> counts, int first, string description, params (double Value, string Name)[] marks)
    {
        int width = ((counts.Count - 1 - first) / MostBars) + 1;
        var bars = new List<(double Middle, double Width, double Value, string Tip)>();
        for (int from = first; from < counts.Count; from += width)
        {
            long sum = counts.Skip(from).Take(width).Sum();
            string range = width == 1 ? $"{from}" : $"{from} to {from + width - 1}";
            bars.Add((from + ((width - 1) / 2.0), width, sum, $"{range}: {Number(sum)}"));
        }

        var frame = new ChartFrame(
            ChartAxis.Whole(x, first, Math.Max(counts.Count - 1, first + (bars.Count * width) - 1)),
            ChartAxis.Linear(y, 0, bars.Max(bar => bar.Value)));
        return BarChart.Upright(frame, description, bars, marks);
    }

    // Bars for 0, 1, 2 to 3, 4 to 7 ...: what spans so many sizes has no room on an axis of equal steps.
    private static Html Doubling(string x, string y, IEnumerable<(long Value, long Count)> counted, string description)
    {
        var bars = new List<long>();
        foreach ((long value, long count) in counted)
        {
            int bar = value == 0 ? 0 : 1 + BitOperations.Log2((ulong)value);
            while (bars.Count <= bar) bars.Add(0);
            bars[bar] += count;
        }

        string[] names = [.. bars.Select((_, bar) => bar switch
        {
            0 => "0",
            1 => "1",
            2 => "2\u20133",
            _ => $"{Thousands(1L << (bar - 1))}\u2013{Thousands((1L << bar) - (bar > 10 ? 0 : 1))}",
        })];
        int every = names.Length > 15 ? 4 : names.Length > 10 ? 3 : names.Length > 6 ? 2 : 1;
        var frame = new ChartFrame(
            ChartAxis.Named(x, [.. names.Select((name, i) => i % every == 0 ? name : "")]), ChartAxis.Linear(y, 0, bars.Max()));
        return BarChart.Upright(
            frame, description, bars.Select((count, bar) => ((double)bar, 1.0, (double)count, $"{names[bar]}: {Number(count)} {y}")));
    }

    // The smallest value that so large a share of the counted does not exceed.
    private static int Rank(IReadOnlyList<long> counts, double share)
    {
        double left = share * counts.Sum();
        for (int i = 0; i < counts.Count; i++)
        {
            left -= counts[i];
            if (left <= 0) return i;
        }

        return counts.Count - 1;
    }

    private static string Thousands(long value) => value < 1024 ? $"{value}" : value < 1 << 20 ? $"{value >> 10}k" : $"{value >> 20}M";
}
