using Fast.Tokenizer.Fidelity;
using Chunk = Fast.Tokenizer.Tests.Fidelity.ScriptedTokenizer.Chunk;

namespace Fast.Tokenizer.Tests.Fidelity;

public sealed class FidelityEvaluatorTests
{
    [Fact]
    public void A_report_worked_out_by_hand()
    {
        // Two chunks of two steps and two dimensions; chunks overlap, as they do in training.
        var tokenizer = new ScriptedTokenizer(
            new Chunk([0.5, -2, -0.5, 0], Tokens: 3, Clipped: 1),
            new Chunk([0.5, 0, -1, 4], Tokens: 6, Clipped: 2));
        var metadata = new ActionMetadata { DimensionNames = ["elbow", "lift"], DimensionUnits = ["rad", "m"] };
        var evaluator = new FidelityEvaluator(tokenizer, new(2, 2), metadata: metadata);
        evaluator.Add([1, 2, 3, 4], "first", 0);
        evaluator.Add([1, 2, 3, 4], "second", 10);

        FidelityReport report = evaluator.ToReport();

        Assert.Equal(2, report.Chunks);
        Assert.Equal(2, evaluator.Chunks);
        Assert.Equal(2, report.Horizon);
        Assert.Equal(2, report.Dimensions);
        Assert.Equal(4.5, report.MeanTokens);
        Assert.Equal(4.5, report.P50Tokens);
        Assert.Equal(5.97, report.P99Tokens, 1e-12);
        Assert.Equal(6, report.MaxTokens);
        Assert.Equal(4 / 4.5, report.CompressionRatio);
        Assert.Equal(Math.Sqrt((0.25 + 4 + 0.25 + 0 + 0.25 + 0 + 1 + 16) / 8), report.Rmse);
        Assert.Equal(4, report.MaxError);
        Assert.Equal(new FidelityLocation("second", 11, 1, "lift"), report.MaxErrorAt);
        Assert.Equal(report.Rmse, report.RmseNormalized);
        Assert.Equal(4, report.MaxErrorNormalized);
        Assert.Equal(report.MaxErrorAt, report.MaxErrorNormalizedAt);
        Assert.Equal(3, report.Clipped);
        Assert.Equal(new FidelityChunk("second", 10, 6, 4), report.WorstChunk);
        Assert.Equal(new FidelityChunk("second", 10, 6, 4), report.LongestChunk);
        Assert.Equal(
            [
                new FidelityDimension
                {
                    Name = "elbow", Unit = "rad", Rmse = Math.Sqrt(1.75 / 4), MaxError = 1, MaxErrorAt = new("second", 11, 0, "elbow"),
                    MeanError = -0.125, MeanAbsoluteError = 0.625, P99Error = 1,
                    RmseNormalized = Math.Sqrt(1.75 / 4), MeanAbsoluteErrorNormalized = 0.625, MeanErrorNormalized = -0.125, P99ErrorNormalized = 1, MaxErrorNormalized = 1,
                },
                new FidelityDimension
                {
                    Name = "lift", Unit = "m", Rmse = Math.Sqrt(5), MaxError = 4, MaxErrorAt = new("second", 11, 1, "lift"),
                    MeanError = 0.5, MeanAbsoluteError = 1.5, P99Error = 4,
                    RmseNormalized = Math.Sqrt(5), MeanAbsoluteErrorNormalized = 1.5, MeanErrorNormalized = 0.5, P99ErrorNormalized = 4, MaxErrorNormalized = 4,
                },
            ],
            report.PerDimension);
    }

    [Fact]
    public void A_report_agrees_with_a_naive_computation()
    {
        var random = new Random(1);
        for (int round = 0; round < 100; round++)
        {
            var shape = new ActionShape(random.Next(1, 12), random.Next(1, 9));
            Recording[] recordings = Record(random, shape, random.Next(1, 40));
            FidelityReport report = Evaluate(shape, recordings).ToReport();

            double[] all = [.. recordings.SelectMany(r => r.Script.Errors)];
            Assert.Equal(recordings.Length, report.Chunks);
            Assert.Equal(recordings.Average(r => r.Script.Tokens), report.MeanTokens, 1e-12);
            Assert.Equal(recordings.Max(r => r.Script.Tokens), report.MaxTokens);
            Assert.Equal(recordings.Sum(r => r.Script.Clipped), report.Clipped);
            Assert.Equal(Rms(all), report.Rmse, 1e-12);
            Assert.Equal(all.Max(Math.Abs), report.MaxError);

            Recording worst = recordings.First(r => r.Script.Errors.Max(Math.Abs) == report.MaxError);
            Assert.Equal(new FidelityChunk(worst.Episode, worst.Step, worst.Script.Tokens, report.MaxError), report.WorstChunk);
            Recording longest = recordings.First(r => r.Script.Tokens == report.MaxTokens);
            Assert.Equal(
                new FidelityChunk(longest.Episode, longest.Step, longest.Script.Tokens, longest.Script.Errors.Max(Math.Abs)),
                report.LongestChunk);

            for (int d = 0; d < shape.Dimensions; d++)
            {
                var rows = recordings.SelectMany(r => Enumerable.Range(0, shape.Horizon)
                    .Select(t => (r.Episode, Step: r.Step + t, Error: r.Script.Errors[(t * shape.Dimensions) + d]))).ToArray();
                FidelityDimension row = report.PerDimension[d];
                Assert.Equal(Rms(rows.Select(r => r.Error)), row.Rmse, 1e-12);
                Assert.Equal(rows.Average(r => r.Error), row.MeanError, 1e-12);
                Assert.Equal(rows.Max(r => Math.Abs(r.Error)), row.MaxError);
                var at = rows.First(r => Math.Abs(r.Error) == row.MaxError);
                Assert.Equal(new FidelityLocation(at.Episode, at.Step, d, $"dim_{d}"), row.MaxErrorAt);
                Assert.Equal("", row.Unit);
            }

            Assert.Equal(report.PerDimension.First(row => row.MaxError == report.MaxError).MaxErrorAt, report.MaxErrorAt);
        }
    }

    [Fact]
    public void Token_percentiles_are_those_of_numpy()
    {
        var random = new Random(2);
        var shape = new ActionShape(1, 50);
        for (int chunks = 1; chunks <= 300; chunks += random.Next(1, 9))
        {
            int[] counts = [.. Enumerable.Range(0, chunks).Select(_ => random.Next(1, 101))];
            Recording[] recordings = [.. counts.Select(count => new Recording("e", 0, new double[50], new(new double[50], count)))];
            FidelityReport report = Evaluate(shape, recordings).ToReport();

            Array.Sort(counts);
            Assert.Equal(Percentile(counts, 0.50), report.P50Tokens, 1e-9);
            Assert.Equal(Percentile(counts, 0.99), report.P99Tokens, 1e-9);
        }

        static double Percentile(int[] sorted, double fraction)
        {
            double position = (sorted.Length - 1) * fraction;
            double below = sorted[(int)Math.Floor(position)];
            return below + ((position - Math.Floor(position)) * (sorted[(int)Math.Ceiling(position)] - below));
        }
    }

    [Fact]
    public void Merging_gives_what_one_pass_gives()
    {
        // The recorded errors are multiples of a power of two, so that every sum is exact in any order.
        var random = new Random(3);
        for (int round = 0; round < 50; round++)
        {
            var shape = new ActionShape(random.Next(1, 8), random.Next(1, 6));
            Recording[] recordings = Record(random, shape, random.Next(1, 30));
            var tokenizer = new ScriptedTokenizer([.. recordings.Select(r => r.Script), .. recordings.Select(r => r.Script)]);
            var whole = new FidelityEvaluator(tokenizer, shape);
            foreach (Recording r in recordings) whole.Add(r.Actions, r.Episode, r.Step);

            var merged = new FidelityEvaluator(tokenizer, shape);
            for (int next = 0; next < recordings.Length;)
            {
                var part = new FidelityEvaluator(tokenizer, shape);
                int end = Math.Min(next + random.Next(0, 6), recordings.Length);
                for (; next < end; next++) part.Add(recordings[next].Actions, recordings[next].Episode, recordings[next].Step);
                merged.Merge(part);
            }

            Assert.Equal(whole.ToReport().ToJson(), merged.ToReport().ToJson());
        }
    }

    [Fact]
    public void Merging_fixed_shares_in_order_gives_the_same_bits_on_any_number_of_threads()
    {
        var random = new Random(4);
        var shape = new ActionShape(10, 7);
        var tokenizer = new BinningActionTokenizer();
        double[][] episodes = [.. Enumerable.Range(0, 24).Select(_ => Values(random, shape.Count * random.Next(1, 20)))];

        string Run(int threads)
        {
            var shares = new FidelityEvaluator[episodes.Length];
            Parallel.For(0, episodes.Length, new() { MaxDegreeOfParallelism = threads }, e =>
            {
                shares[e] = new(tokenizer, shape);
                for (int step = 0; step * 7 < episodes[e].Length; step += 10)
                    shares[e].Add(episodes[e].AsSpan(step * 7, shape.Count), $"episode {e}", step);
            });
            var all = new FidelityEvaluator(tokenizer, shape);
            foreach (FidelityEvaluator share in shares) all.Merge(share);
            return all.ToReport().ToJson();
        }

        string once = Run(1);
        Assert.Equal(once, Run(2));
        Assert.Equal(once, Run(8));
    }

    [Fact]
    public void Merging_leaves_the_other_evaluator_as_it_was()
    {
        var tokenizer = new ScriptedTokenizer(new Chunk([1, 2], 1), new Chunk([3, 1], 2));
        var first = new FidelityEvaluator(tokenizer, new(1, 2));
        var second = new FidelityEvaluator(tokenizer, new(1, 2));
        first.Add([0, 0], "a", 0);
        second.Add([0, 0], "b", 0);
        string before = second.ToReport().ToJson();

        first.Merge(second);

        Assert.Equal(before, second.ToReport().ToJson());
        Assert.Equal(2, first.Chunks);
    }

    [Fact]
    public void An_evaluator_of_something_else_is_not_merged()
    {
        var tokenizer = new BinningActionTokenizer();
        var evaluator = new FidelityEvaluator(tokenizer, new(2, 3));

        Assert.Throws<ArgumentException>("other", () => evaluator.Merge(evaluator));
        Assert.Throws<ArgumentException>("other", () => evaluator.Merge(new(tokenizer, new(3, 2))));
        Assert.Throws<ArgumentException>("other", () => evaluator.Merge(new(new BinningActionTokenizer(), new(2, 3))));
        Assert.Equal(0, evaluator.Chunks);
    }

    [Fact]
    public void The_first_of_equal_errors_is_named_in_one_pass_and_merged()
    {
        Chunk[] script = [new([1, -1], 4), new([-1, 1], 4), new([1, -1], 4), new([-1, 1], 4)];
        var tokenizer = new ScriptedTokenizer(script);
        var evaluator = new FidelityEvaluator(tokenizer, new(1, 2));
        evaluator.Add([0, 0], "first", 5);
        evaluator.Add([0, 0], "second", 6);
        var later = new FidelityEvaluator(tokenizer, new(1, 2));
        later.Add([0, 0], "third", 7);
        evaluator.Merge(later);

        FidelityReport report = evaluator.ToReport();

        Assert.Equal(new FidelityLocation("first", 5, 0, "dim_0"), report.MaxErrorAt);
        Assert.Equal(("first", 5), (report.PerDimension[1].MaxErrorAt.Episode, report.PerDimension[1].MaxErrorAt.Step));
        Assert.Equal("first", report.WorstChunk.Episode);
        Assert.Equal("first", report.LongestChunk.Episode);
    }

    [Fact]
    public void A_faithful_round_trip_has_no_errors_and_still_names_a_place()
    {
        var evaluator = new FidelityEvaluator(new ScriptedTokenizer(new Chunk([0, 0], 1)), new(2, 1));
        evaluator.Add([3, 4], "only", 9);

        FidelityReport report = evaluator.ToReport();

        Assert.Equal((0, 0), (report.Rmse, report.MaxError));
        Assert.Equal(new FidelityLocation("only", 9, 0, "dim_0"), report.MaxErrorAt);
        Assert.Equal(new FidelityChunk("only", 9, 1, 0), report.WorstChunk);
    }

    [Fact]
    public void Without_chunks_there_is_no_report()
    {
        var evaluator = new FidelityEvaluator(new BinningActionTokenizer(), new(50, 7));

        var error = Assert.Throws<InvalidOperationException>(evaluator.ToReport);
        Assert.Contains("no chunk of [50,7]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_chunk_is_named_and_changes_nothing()
    {
        var evaluator = new FidelityEvaluator(new BinningActionTokenizer(), new(2, 2));
        evaluator.Add([0.1, 0.2, 0.3, 0.4], "good", 0);
        string before = evaluator.ToReport().ToJson();

        var error = Assert.Throws<ArgumentException>("chunk", () => evaluator.Add([0.9, 0.9, 0.9, double.NaN], "bad", 30));
        Assert.Contains("episode 'bad', chunk from step 30: value NaN at step 1, dimension 1", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("chunk", () => evaluator.Add([1, 2, 3], "short", 0));
        Assert.Throws<ArgumentOutOfRangeException>("step", () => evaluator.Add([1, 2, 3, 4], "early", -1));
        Assert.Throws<ArgumentNullException>("episode", () => evaluator.Add([1, 2, 3, 4], null!, 0));

        Assert.Equal(before, evaluator.ToReport().ToJson());
    }

    [Fact]
    public void Chunks_that_do_not_decode_are_counted_apart()
    {
        var tokenizer = new ScriptedTokenizer(
            new Chunk([9, 9], 2, Clipped: 1, Status: DecodeStatus.Short),
            new Chunk([1, -3], 4),
            new Chunk([9, 9], 1, Status: DecodeStatus.Short));
        var evaluator = new FidelityEvaluator(tokenizer, new(2, 1));
        evaluator.Add([0, 0], "e", 4);
        Assert.Contains("none of 1 chunks decodes", Assert.Throws<InvalidOperationException>(evaluator.ToReport).Message, StringComparison.Ordinal);
        evaluator.Add([0, 0], "e", 5);
        evaluator.Add([0, 0], "e", 6);

        FidelityReport report = evaluator.ToReport();
        Assert.Equal((1, 2, 3), (report.Chunks, report.UndecodableChunks, report.UndecodableTokens));
        Assert.Equal((1, 1), (report.Clipped, report.ClippedChunks));
        Assert.Equal(("e", 4), (report.FirstUndecodable!.Value.Episode, report.FirstUndecodable.Value.Step));
        Assert.Equal((4, 3), (report.MeanTokens, report.MaxError));
        FidelityFailure failure = Assert.Single(new FidelityGate().Check(report));
        Assert.Equal("undecodable_chunks 2 is above 0: the first is in episode 'e' from step 4", failure.ToString());
        Assert.Empty(new FidelityGate { MaxUndecodableChunks = 2 }.Check(report));
    }

    [Fact]
    public void Mean_and_99th_percentile_of_the_errors_are_those_of_a_plain_count()
    {
        (Chunk[] script, FidelityReport report) = Scripted();
        for (int d = 0; d < 3; d++)
        {
            double[] sizes = [.. script.SelectMany(chunk => chunk.Errors.Where((_, i) => i % 3 == d)).Select(Math.Abs).Order()];
            Assert.Equal(sizes.Average(), report.PerDimension[d].MeanAbsoluteError, 1e-12);
            double p99 = sizes[(int)Math.Ceiling(0.99 * sizes.Length) - 1];
            Assert.InRange(report.PerDimension[d].P99Error, p99 * 0.995, p99 * 1.005);
        }
    }

    [Fact]
    public void Errors_by_time_step_are_those_of_a_plain_count()
    {
        (Chunk[] script, FidelityReport report) = Scripted();
        Assert.Equal(7, report.PerStep.Count);
        for (int t = 0; t < 7; t++)
        {
            double[] errors = [.. script.SelectMany(chunk => chunk.Errors.Skip(t * 3).Take(3))];
            Assert.Equal(Math.Sqrt(errors.Average(error => error * error)), report.PerStep[t].Rmse, 1e-12);
        }
    }

    [Fact]
    public void Tokens_per_second_and_use_of_ids_follow_from_the_tokens()
    {
        FidelityReport report = Scripted().Report;
        Assert.Equal(report.MeanTokens * 2, report.TokensPerSecond!.Value, 1e-12);
        Assert.Equal(new VocabularyUse(1, 0, 1), report.VocabularyUse);
    }

    [Fact]
    public void An_error_within_a_bound_that_cannot_be_kept_is_named_with_its_episode()
    {
        FastActionTokenizer tokenizer = RecordedTokenizers.Get("pusht");
        ActionShape shape = RecordedTokenizers.Shape("pusht");
        var evaluator = new FidelityEvaluator(tokenizer, shape, encoding: new EncodeOptions { Mode = EncodeMode.MaxError(1e-9) });
        double[] chunk = RecordedTokenizers.Windows("pusht").First().ToArray();

        var refused = Assert.Throws<ErrorBoundException>(() => evaluator.Add(chunk, "episode_3", 17));

        Assert.StartsWith("episode 'episode_3', chunk from step 17: the largest error of dimension", refused.Message, StringComparison.Ordinal);
        Assert.Equal((1e-9, 0), (refused.Bound, evaluator.Chunks));
    }

    [Fact]
    public void Evaluators_that_encode_differently_are_not_merged()
    {
        FastActionTokenizer tokenizer = RecordedTokenizers.Get("pusht");
        ActionShape shape = RecordedTokenizers.Shape("pusht");
        FidelityEvaluator Of(EncodeMode mode) => new(tokenizer, shape, encoding: new EncodeOptions { Mode = mode });

        Of(EncodeMode.MaxError(1, 2)).Merge(Of(EncodeMode.MaxError(1, 2)));
        Assert.Throws<ArgumentException>("other", () => Of(EncodeMode.MaxError(1, 2)).Merge(Of(EncodeMode.MaxError(1, 3))));
        Assert.Throws<ArgumentException>("other", () => Of(EncodeMode.MaxError(1)).Merge(Of(EncodeMode.MaxRmse(1))));
        Assert.Throws<ArgumentException>("other", () => Of(EncodeMode.Canonical).Merge(Of(EncodeMode.Shortest)));
    }

    [Fact]
    public void Errors_whose_squares_outgrow_all_numbers_still_make_a_report()
    {
        var evaluator = new FidelityEvaluator(new ScriptedTokenizer(new Chunk([1e200, -1], 2)), new(1, 2));
        evaluator.Add([0, 0], "e", 0);

        FidelityReport report = evaluator.ToReport();

        Assert.Equal((double.PositiveInfinity, 1e200), (report.Rmse, report.MaxError));
        Assert.Contains("\"rmse\":\"Infinity\",\"max_error\":1E+200", report.ToJson(), StringComparison.Ordinal);
        Assert.Equal("rmse", Assert.Single(new FidelityGate { MaxRmse = 1e300 }.Check(report)).Figure);
    }

    [Fact]
    public void An_evaluator_holds_memory_for_the_errors_that_occurred()
    {
        // Many dimensions, so that what an evaluator holds is mostly its histograms.
        var shape = new ActionShape(1, 100);
        var script = new Chunk([.. Enumerable.Range(1, 100).Select(i => 0.01 / i)], 1);
        var tokenizer = new ScriptedTokenizer([.. Enumerable.Repeat(script, 20)]);
        var chunk = new double[100];
        FidelityEvaluator? evaluator = null;
        long bytes = Allocated.By(() =>
        {
            evaluator = new FidelityEvaluator(tokenizer, shape);
            evaluator.Add(chunk, "e", 0);
        });

        Assert.InRange(bytes, 1, 200_000);
        Assert.Equal(0.01, evaluator!.ToReport().MaxError);
    }

    [Fact]
    public void A_tokenizer_that_decodes_to_what_is_no_number_is_reported()
    {
        var tokenizer = new ScriptedTokenizer(new Chunk([0, double.NaN], 2));
        var evaluator = new FidelityEvaluator(tokenizer, new(2, 1));

        var wild = Assert.Throws<InvalidOperationException>(() => evaluator.Add([0, 7], "e", 4));
        Assert.Contains("episode 'e', step 5, dim_0: the tokenizer decodes 7 with an error of NaN", wild.Message, StringComparison.Ordinal);
        Assert.Equal(0, evaluator.Chunks);
    }

    [Fact]
    public void Names_and_units_have_to_fit_the_dimensions()
    {
        var tokenizer = new BinningActionTokenizer();

        Assert.Throws<ArgumentException>("shape", () => new FidelityEvaluator(tokenizer, default));
        foreach (ActionMetadata wrong in new ActionMetadata[] { new() { DimensionNames = ["x"] }, new() { DimensionUnits = ["", "", ""] } })
            Assert.Throws<ArgumentException>("metadata", () => new FidelityEvaluator(tokenizer, new(2, 2), metadata: wrong));
    }

    [Fact]
    public void Binning_errors_stay_within_half_a_bin()
    {
        var random = new Random(5);
        var shape = new ActionShape(50, 7);
        var evaluator = new FidelityEvaluator(new BinningActionTokenizer(256), shape);
        for (int i = 0; i < 200; i++) evaluator.Add(Values(random, shape.Count), "random", 0);

        FidelityReport report = evaluator.ToReport();

        // Uniform errors over a bin of 2/256 have a standard deviation of the width over the root of 12.
        Assert.InRange(report.MaxError, 0.99 / 256, (1.0 / 256) + 1e-15);
        Assert.Equal(2.0 / 256 / Math.Sqrt(12), report.Rmse, 2e-5);
        Assert.Equal(1, report.CompressionRatio);
        Assert.Equal(0, report.Clipped);
    }

    [Fact]
    public void Adding_a_chunk_does_not_allocate()
    {
        var random = new Random(6);
        var shape = new ActionShape(50, 14);
        var evaluator = new FidelityEvaluator(new BinningActionTokenizer(), shape);
        double[][] chunks = [.. Enumerable.Range(0, 20).Select(_ => Values(random, shape.Count))];
        Assert.Equal(0, Allocated.By(() =>
        {
            foreach (double[] chunk in chunks) evaluator.Add(chunk, "hot", 1);
        }));
    }

    // 300 windows of [7,3] at 14 Hz, one step apart.
    private static (Chunk[] Script, FidelityReport Report) Scripted()
    {
        var random = new Random(5);
        var shape = new ActionShape(7, 3);
        Chunk[] script = [.. Enumerable.Range(0, 300).Select(_ => new Chunk(
            [.. Enumerable.Range(0, shape.Count).Select(_ => (random.NextDouble() - 0.5) * random.Next(4))], random.Next(1, 9)))];
        var evaluator = new FidelityEvaluator(new ScriptedTokenizer(script), shape, metadata: new ActionMetadata { Rate = 14 });
        for (int i = 0; i < script.Length; i++) evaluator.Add(new double[shape.Count], "e", i);
        return (script, evaluator.ToReport());
    }

    private static FidelityEvaluator Evaluate(ActionShape shape, Recording[] recordings)
    {
        var evaluator = new FidelityEvaluator(new ScriptedTokenizer([.. recordings.Select(r => r.Script)]), shape);
        foreach (Recording r in recordings) evaluator.Add(r.Actions, r.Episode, r.Step);
        return evaluator;
    }

    private static Recording[] Record(Random random, ActionShape shape, int chunks)
    {
        double[] Grid(int range) => [.. Enumerable.Range(0, shape.Count).Select(_ => random.Next(-range, range + 1) / 64.0)];
        return
        [
            .. Enumerable.Range(0, chunks).Select(i => new Recording(
                $"episode {i / 3}", i % 3 * 5, Grid(100), new(Grid(20), random.Next(1, (2 * shape.Count) + 1), random.Next(0, 3)))),
        ];
    }

    private static double[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextDouble()) - 1)];

    private static double Rms(IEnumerable<double> errors) => Math.Sqrt(errors.Average(e => e * e));

    private sealed record Recording(string Episode, int Step, double[] Actions, Chunk Script);
}
