using System.Text;
using System.Text.Json;
using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Tests.Normalization;

namespace Fast.Tokenizer.Tests.Interop;

public sealed class LeRobotStatisticsTests : IDisposable
{
    private readonly StatisticsFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_real_data_set_folder_is_read_to_the_last_digit()
    {
        string folder = TestData.Locate("formats", "lerobot_v2.0_gr1");
        string path = Path.Combine(folder, "meta", "stats.json");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
        ActionStatistics statistics = LeRobotStatistics.Read(folder);

        Assert.Equal(44, statistics.Dimensions);
        foreach (string name in (string[])["min", "max", "mean", "std", "q01", "q99"])
        {
            Assert.Equal(json.RootElement.GetProperty("action").GetProperty(name).EnumerateArray().Select(value => value.GetDouble()),
                StatisticsAccumulatorTests.Field(statistics, name));
        }

        Assert.Null(statistics.Q50);
        Assert.Equal(statistics.Mean, LeRobotStatistics.Read(path).Mean);
        Assert.Equal(statistics.Mean, LeRobotStatistics.Read(Path.Combine(folder, "meta")).Mean);
        ActionNormalizer normalizer = LeRobotStatistics.ReadNormalizer(folder);
        Assert.Equal(NormalizationFormula.LeRobot, normalizer.Options.Formula);
        Assert.True(normalizer.Options.Clip);
    }

    [Fact]
    public void Episodes_aggregate_to_the_statistics_of_the_recording_itself()
    {
        ActionStatistics aggregated = LeRobotStatistics.Read(TestData.Locate("formats", "lerobot_v2.1_g1"));
        ActionStatistics recorded = StatisticsAccumulatorTests.Accumulate(RecordedActions.Load("g1_inspire")).ToStatistics();

        // The file's own statistics were taken in float32.
        Assert.Equal(35965, aggregated.Count);
        for (int d = 0; d < 26; d++)
        {
            Assert.Equal(recorded.Mean![d], aggregated.Mean![d], 2e-7);
            Assert.Equal(recorded.Std![d], aggregated.Std![d], 2e-7);
            Assert.Equal(recorded.Min![d], aggregated.Min![d]);
            Assert.Equal(recorded.Max![d], aggregated.Max![d]);
        }

        Assert.Null(aggregated.Q01);
    }

    [Theory]
    [InlineData("action.joints")]
    [InlineData("action.gripper_width")]
    [InlineData("action.delta_eef_position")]
    [InlineData("state.eef_quaternion")]
    public void Episodes_aggregate_to_the_statistics_that_stand_beside_them(string key)
    {
        ActionStatistics aggregated =
            LeRobotStatistics.Read(TestData.Locate("formats", "lerobot_v2.1_franka", "meta", "episodes_stats.jsonl"), key);
        ActionStatistics whole = LeRobotStatistics.Read(TestData.Locate("formats", "lerobot_v2.1_franka"), key);

        Assert.Equal(1667, aggregated.Count);
        Assert.NotNull(whole.Q01);
        Assert.Equal(whole.Min!, aggregated.Min!);
        Assert.Equal(whole.Max!, aggregated.Max!);
        for (int d = 0; d < whole.Dimensions; d++)
        {
            Assert.Equal(whole.Mean![d], aggregated.Mean![d], 1e-14);
            Assert.Equal(whole.Std![d], aggregated.Std![d], 1e-14);
        }
    }

    [Fact]
    public void Aggregating_is_lerobots_two_passes_over_random_episodes()
    {
        var random = new Random(51);
        for (int round = 0; round < 50; round++)
        {
            int dimensions = random.Next(1, 9), episodes = random.Next(1, 12);
            bool everyQuantile = random.Next(2) == 0;
            var all = Enumerable.Range(0, episodes).Select(_ => Episode(random, dimensions)).ToArray();
            var text = new StringBuilder();
            for (int e = 0; e < episodes; e++)
            {
                text.Append($$"""{"episode_index": {{e}}, "stats": {"timestamp": {"min": [0]}, "action": """);
                text.Append(Json(all[e], everyQuantile || e > 0 ? "q01" : "q02")).Append(random.Next(2) == 0 ? "}}\n" : "}}\r\n\n");
            }

            ActionStatistics aggregated = LeRobotStatistics.Read(_files.Write("episodes_stats.jsonl", text.ToString()));

            double total = all.Sum(s => (double)s.Count!.Value);
            Assert.Equal((long)total, aggregated.Count);
            Assert.Equal(everyQuantile, aggregated.Q01 is not null);
            for (int d = 0; d < dimensions; d++)
            {
                double mean = all.Sum(s => s.Mean![d] * s.Count!.Value) / total;
                double variance = all.Sum(s => (s.Std![d] * s.Std[d] + (s.Mean![d] - mean) * (s.Mean[d] - mean)) * s.Count!.Value) / total;
                Assert.Equal(mean, aggregated.Mean![d], 1e-12);
                Assert.Equal(Math.Sqrt(variance), aggregated.Std![d], 1e-12);
                Assert.Equal(all.Min(s => s.Min![d]), aggregated.Min![d]);
                Assert.Equal(all.Max(s => s.Max![d]), aggregated.Max![d]);
                if (everyQuantile) Assert.Equal(all.Sum(s => s.Q01![d] * s.Count!.Value) / total, aggregated.Q01![d], 1e-12);
                Assert.Equal(all.Sum(s => s.Q99![d] * s.Count!.Value) / total, aggregated.Q99![d], 1e-12);
            }
        }
    }

    [Fact]
    public void What_is_constant_in_every_episode_has_no_spread()
    {
        const string Line = """{"stats": {"action": {"min": [0.1], "max": [0.1], "mean": [0.1], "std": [0], "count": [N]}}}""";
        string text = string.Join('\n', ((string[])["3", "7", "11"]).Select(n => Line.Replace("N", n, StringComparison.Ordinal)));
        ActionStatistics aggregated = LeRobotStatistics.Read(_files.Write("episodes_stats.jsonl", text));
        Assert.Equal([0.1], aggregated.Mean!);
        Assert.Equal([0], aggregated.Std!);
        Assert.Equal(21, aggregated.Count);
    }

    [Fact]
    public void Episodes_without_the_feature_are_passed_over_unless_all_are()
    {
        const string With = """{"stats": {"action": {"min": [0], "max": [2], "mean": [1], "std": [1], "count": [5]}}}""";
        const string Without = """{"stats": {"state": {"min": [0]}}}""";
        Assert.Equal(10, LeRobotStatistics.Read(_files.Write("episodes_stats.jsonl", $"{Without}\n{With}\n{Without}\n{With}")).Count);
        Refusal.Says<InvalidDataException>("line 1 has no statistics of 'action'; it has state",
            () => LeRobotStatistics.Read(_files.Write("episodes_stats.jsonl", $"{Without}\n{Without}")));
    }

    [Theory]
    [InlineData("""{"stats": {"action": {"max": [2], "mean": [1], "std": [1], "count": [5]}}}""", "line 2: 'action' has no min")]
    [InlineData("""{"stats": {"action": {"min": [0], "mean": [1], "std": [1], "count": [5]}}}""", "line 2: 'action' has no max")]
    [InlineData("""{"stats": {"action": {"min": [0], "max": [2], "std": [1], "count": [5]}}}""", "line 2: 'action' has no mean")]
    [InlineData("""{"stats": {"action": {"min": [0], "max": [2], "mean": [1], "count": [5]}}}""", "line 2: 'action' has no std")]
    [InlineData("""{"stats": {"action": {"min": [0], "max": [2], "mean": [1], "std": [1]}}}""", "line 2: 'action' has no count")]
    [InlineData("""{"stats": {"action": {"min": [0], "max": [2], "mean": [1], "std": [1], "count": [0]}}}""", "line 2: count of 'action'")]
    [InlineData("""{"stats": {"action": {"min": [0], "max": [2], "mean": [1], "std": [1], "count": [9007199254740992]}}}""",
        "line 2: the counts of 'action' add up to more than 2^53")]
    [InlineData("""{"stats": {"action": {"min": [0, 0], "max": [2, 2], "mean": [1, 1], "std": [1, 1], "count": [5]}}}""",
        "line 2: 'action' has 2 dimensions, the lines before have 1")]
    [InlineData("""{"stats": {"action": {"min": [0], "max": [2], "mean": [NaN]}}}""", "line 2: mean of 'action', dimension 0, is NaN")]
    [InlineData("""{"stats": {"action": {"min": [3], "max": [2]}}}""", "line 2: 'action': statistics: min of dimension 0 is 3, above max")]
    [InlineData("""{"stats": {"action": {"min": [0""", "line 2: min of 'action'")]
    [InlineData("""{"stats": {"action": {"min": [0]""", "line 2: 'action'")]
    [InlineData("nonsense", "line 2")]
    public void A_bad_episode_is_named_by_file_line_and_field(string line, string message)
    {
        const string Good = """{"stats": {"action": {"min": [0], "max": [2], "mean": [1], "std": [1], "count": [5]}}}""";
        string path = _files.Write("episodes_stats.jsonl", $"{Good}\n{line}\n{Good}\n");
        var refusal = Assert.Throws<InvalidDataException>(() => LeRobotStatistics.Read(path));
        Assert.StartsWith(path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_are_found_wherever_the_buffer_ends()
    {
        var random = new Random(52);
        const string Line = """{"stats": {"action": {"min": [0], "max": [2], "mean": [1], "std": [1], "count": [1]}}}""";
        var text = new StringBuilder();
        for (int i = 0; i < 3000; i++) text.Append(Line).Append(' ', random.Next(i == 77 ? 300_000 : 40)).Append('\n');
        Assert.Equal(3000, LeRobotStatistics.Read(_files.Write("episodes_stats.jsonl", text.ToString())).Count);
        Assert.Equal(3000, LeRobotStatistics.Read(_files.Write("episodes_stats.jsonl", text.ToString().TrimEnd())).Count);
    }

    [Fact]
    public void An_endless_line_is_refused_in_bounded_memory()
    {
        string path = Path.Combine(_files.Folder, "episodes_stats.jsonl");
        using (FileStream stream = File.Create(path)) stream.SetLength(1L << 30);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refusal.Says<InvalidDataException>("line 1, is longer than", () => LeRobotStatistics.Read(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 512L << 20);
    }

    [Fact]
    public void An_empty_file_and_a_folder_without_statistics_are_named()
    {
        Refusal.Says<InvalidDataException>("holds the statistics of no episode", () =>
            LeRobotStatistics.Read(_files.Write("episodes_stats.jsonl", "\n \n")));
        string folder = Path.Combine(_files.Folder, "empty");
        Directory.CreateDirectory(folder);
        Refusal.Says<FileNotFoundException>("neither meta/stats.json nor meta/episodes_stats.jsonl", () => LeRobotStatistics.Read(folder));
    }

    [Fact]
    public void A_missing_key_is_refused_with_the_keys_that_are_there() => Refusal.Says<InvalidDataException>(
        "has no statistics of 'action'; it has action.joints, action.gripper_width, ",
        () => LeRobotStatistics.Read(TestData.Locate("formats", "lerobot_v2.1_franka")));

    [Fact]
    public void A_field_that_the_method_needs_is_named_with_the_file()
    {
        string folder = TestData.Locate("formats", "lerobot_v2.1_g1");
        var refusal = Assert.Throws<InvalidDataException>(() => LeRobotStatistics.ReadNormalizer(folder));
        Assert.StartsWith(folder, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("needs q01", refusal.Message, StringComparison.Ordinal);
        var options = NormalizationOptions.Named("lerobot", NormalizationMethod.MinMax);
        Assert.Equal(26, LeRobotStatistics.ReadNormalizer(folder, options).Dimensions);
    }

    [Fact]
    public void What_is_written_is_read_back_with_every_field()
    {
        var random = new Random(53);
        ActionStatistics statistics = Episode(random, 5);
        string path = Path.Combine(_files.Folder, "stats.json");
        LeRobotStatistics.Write(path, statistics);

        ActionStatistics read = LeRobotStatistics.Read(path);
        foreach (string name in StatisticsAccumulatorTests.FieldNames)
            Assert.Equal(StatisticsAccumulatorTests.Field(statistics, name), StatisticsAccumulatorTests.Field(read, name));
        Assert.Equal(statistics.Count, read.Count);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
        Assert.Equal(JsonValueKind.Array, json.RootElement.GetProperty("action").GetProperty("count").ValueKind);
    }

    [Fact]
    public void Statistics_that_lerobot_could_not_load_are_not_written()
    {
        string path = Path.Combine(_files.Folder, "stats.json");
        Refusal.Says<ArgumentException>("have no std", () =>
            LeRobotStatistics.Write(path, new ActionStatistics(min: [0], max: [1], mean: [0.5])));
        Assert.False(File.Exists(path));
    }

    private static ActionStatistics Episode(Random random, int dimensions)
    {
        var accumulator = new StatisticsAccumulator(dimensions);
        for (int step = random.Next(1, 40); step > 0; step--)
            accumulator.Add([.. Enumerable.Range(0, dimensions).Select(d => d == 2 ? 0.3 : random.NextDouble() * 4 - 1)]);
        return accumulator.ToStatistics();
    }

    private static string Json(ActionStatistics s, string q01) =>
        $$"""{"min": {{StatisticsFiles.List(s.Min!)}}, "max": {{StatisticsFiles.List(s.Max!)}}, """
        + $$""" "mean": {{StatisticsFiles.List(s.Mean!)}}, "std": {{StatisticsFiles.List(s.Std!)}}, """
        + $$""" "{{q01}}": {{StatisticsFiles.List(s.Q01!)}}, "count": [{{s.Count}}], """
        + $$""" "q99": {{StatisticsFiles.List(s.Q99!)}}}""";
}
