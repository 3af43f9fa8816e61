using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Training.Parts;

namespace Fast.Tokenizer.Training.Tests.Parts;

public sealed class CorpusPartRefusalTests : IDisposable
{
    private const int TrailerLength = 52;

    private readonly TemporaryFolder _folder = new();
    private readonly CountedShards _shards;

    public CorpusPartRefusalTests() => _shards = new CountedShards(_folder.FullPath);

    public static TheoryData<string> Differences => new(_differences.Keys);

    private static readonly string[] _names = ["a", "b", "c"];
    private static readonly EpisodeList _one = new(CountedShards.Episodes(1, 4, 3), "one") { Rate = 10, DimensionNames = _names };
    private static readonly EpisodeList _other = new(CountedShards.Episodes(2, 4, 3), "other") { Rate = 10, DimensionNames = _names };

    private static readonly Dictionary<string, (TrainingOptions Options, EpisodeList Shard)> _differences = new()
    {
        ["has a horizon of 9 steps"] = (CountedShards.Options with { Horizon = 9 }, _other),
        ["has a stride of 3 steps"] = (CountedShards.Options with { Stride = 3 }, _other),
        ["has a rate of 20 steps per second"] = (CountedShards.Options with { Rate = 20 }, _other),
        ["has encoded dimensions 2, 1, 0"] = (CountedShards.Options with { EncodedDimensions = [2, 1, 0] }, _other),
        ["has actions of 2 dimensions"] = (CountedShards.Options with { EncodedDimensions = [1, 0] }, _other),
        ["has names of dimensions a, b, z"] =
            (CountedShards.Options, new(CountedShards.Episodes(2, 4, 3), "other") { DimensionNames = ["a", "b", "z"] }),
        ["has the action space [{"] = (
            CountedShards.Options with
            {
                ActionSpace = new ActionSpace(new ActionDimension(), new ActionDimension(), new ActionDimension { Period = 6 }),
            },
            _other),
        ["has statistics per time step"] = (CountedShards.Options with { Normalization = new() { PerTimestep = true } }, _other),
        ["has statistics that are estimates within 0.00048828125"] = (CountedShards.Options with { EstimateStatistics = true }, _other),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Differences))]
    public async Task Statistics_that_were_counted_otherwise_are_refused_by_what_differs(string says)
    {
        (TrainingOptions options, EpisodeList shard) = _differences[says];
        CorpusPart part = await _shards.StatisticsAsync(_one), different = await _shards.StatisticsAsync(shard, options);

        await RefusedAsync(() => _shards.MergeAsync(part, different), $"{different.Name} {says}", $"{part.Name} has ", "counted alike");
    }

    [Fact]
    public async Task Coefficients_of_another_scale_order_normalization_or_statistics_are_refused()
    {
        CorpusPart all = await _shards.MergeAsync(await _shards.StatisticsAsync(_one), await _shards.StatisticsAsync(_other));
        CorpusPart alone = await _shards.StatisticsAsync(_other);
        CorpusPart part = await _shards.CoefficientsAsync(_one, all);

        await DiffersAsync(new() { Scale = 20 }, all, "has a scale of 20");
        await DiffersAsync(new() { Order = CoefficientOrder.DimensionMajor }, all, "has the order dimension_major");
        await DiffersAsync(new() { Normalization = new() { Clip = true } }, all, "has the normalization {");
        await DiffersAsync(new(), alone, $"has been counted under the statistics {alone.Checksum}");

        async Task DiffersAsync(CoefficientCountOptions options, CorpusPart statistics, string says)
        {
            CorpusPart different = await _shards.CoefficientsAsync(_other, statistics, options);
            await RefusedAsync(() => _shards.MergeAsync(part, different), $"{different.Name} {says}", part.Name);
        }
    }

    [Fact]
    public async Task Two_names_are_refused_also_where_a_third_part_says_none()
    {
        CorpusPart[] parts = [.. await Task.WhenAll(
            new[] { null, new[] { "x" }, ["y"] }.Select((names, i) => _shards.StatisticsAsync(
                new EpisodeList(CountedShards.Episodes(i, 3, 1), $"shard {i}") { DimensionNames = names })))];

        await RefusedAsync(() => _shards.MergeAsync(parts), $"{parts[2].Name} has names of dimensions y", $"{parts[1].Name} has x");
    }

    [Fact]
    public async Task Parts_of_two_passes_are_refused()
    {
        CorpusPart statistics = await _shards.StatisticsAsync(_one), coefficients = await _shards.CoefficientsAsync(_one, statistics);

        await RefusedAsync(
            () => _shards.MergeAsync(coefficients, statistics), $"{statistics.Name} holds statistics, {coefficients.Name} coefficients");
        await RefusedAsync(() => _shards.CoefficientsAsync(_one, coefficients), coefficients.Name, "holds coefficients");
        Assert.Throws<InvalidOperationException>(() => statistics.Sequences);
    }

    [Fact]
    public async Task The_same_shard_twice_is_refused_also_within_merged_parts_and_under_another_name()
    {
        CorpusPart one = await _shards.StatisticsAsync(_one), other = await _shards.StatisticsAsync(_other);
        CorpusPart copy = await _shards.StatisticsAsync(new EpisodeList(CountedShards.Episodes(1, 4, 3), "copy"));
        CorpusPart both = await _shards.MergeAsync(one, other);

        await RefusedAsync(() => _shards.MergeAsync(one, one), one.Name, "both hold shard 'one', which would count twice");
        await RefusedAsync(() => _shards.MergeAsync(one, copy), copy.Name, one.Name, "both hold shard 'copy'");
        await RefusedAsync(() => _shards.MergeAsync(both, other), both.Name, other.Name, "both hold shard 'other'");
        await RefusedAsync(() => _shards.MergeAsync(both, both), both.Name, "both hold shard");
    }

    [Fact]
    public async Task A_shard_that_the_statistics_are_not_of_is_refused()
    {
        CorpusPart statistics = await _shards.StatisticsAsync(_one);
        Episode first = CountedShards.Episodes(1, 4, 3)[0];
        double[] edited = first.Actions.ToArray();
        edited[4] = Math.BitIncrement(edited[4]);
        EpisodeList changed = new([new Episode(first.Name, edited, 3), .. CountedShards.Episodes(1, 4, 3)[1..]], "changed");

        await RefusedAsync(() => _shards.CoefficientsAsync(_other, statistics), "other is not among the 1 shards of", statistics.Name);
        await RefusedAsync(() => _shards.CoefficientsAsync(changed, statistics), "changed is not among");
    }

    [Fact]
    public async Task What_cannot_be_counted_is_refused()
    {
        CorpusPart statistics = await _shards.StatisticsAsync(_one);
        TrainingOptions heldOut = CountedShards.Options with { HoldoutFraction = 0.1 };
        TrainingOptions normalized = CountedShards.Options with { Normalizer = ActionNormalizer.Identity(3) };
        await RefusedAsync(() => _shards.StatisticsAsync(_one, heldOut), "leave out whole shards");
        await RefusedAsync(() => _shards.StatisticsAsync(_one, normalized), "normalizer is given");
        await RefusedAsync(() => _shards.StatisticsAsync(_one, memory: 0), "memory limit of 0 bytes");
        await RefusedAsync(() => _shards.StatisticsAsync(new EpisodeList([], "nothing")), "nothing holds no episodes");
        await RefusedAsync(() => _shards.StatisticsAsync(new EpisodeList([new Episode("e", new double[] { 1, double.NaN }, 1)])), "is NaN");
        await RefusedAsync(() => _shards.CoefficientsAsync(_one, statistics, new() { Scale = 0 }), "scale");
        await RefusedAsync(() => _shards.CoefficientsAsync(_one, statistics, new() { Scale = 1e6 }), "does not fit 16 bits");
        await RefusedAsync(() => _shards.MergeAsync(), "no parts to merge");
    }

    [Fact]
    public async Task A_missing_file_and_other_files_are_refused()
    {
        string text = _folder["text.part"];
        File.WriteAllText(text, "this is a text, and longer than what a part begins with");

        await RefusedAsync(() => Task.FromResult(CorpusPart.Open(_folder["absent.part"])), "absent.part", "no such file");
        await RefusedAsync(() => Task.FromResult(CorpusPart.Open(text)), text, "is no part that count or merge wrote");
    }

    [Theory]
    [InlineData(CorpusPartKind.Statistics)]
    [InlineData(CorpusPartKind.Coefficients)]
    public async Task A_part_that_ends_at_any_place_is_refused(CorpusPartKind kind)
    {
        byte[] bytes = await SmallPartAsync(kind);
        for (int length = 0; length < bytes.Length; length++)
        {
            byte[] cut = bytes[..length];
            string message = Assert.Throws<InvalidDataException>(() => CorpusPart.Open(() => new MemoryStream(cut), "cut.part")).Message;
            Assert.StartsWith("cut.part is ", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(CorpusPartKind.Statistics)]
    [InlineData(CorpusPartKind.Coefficients)]
    public async Task A_part_with_any_byte_changed_is_refused_before_anything_is_written(CorpusPartKind kind)
    {
        byte[] bytes = await SmallPartAsync(kind);
        string[] before = Directory.GetFiles(_folder.FullPath);
        var random = new Random(3);
        for (int place = 0; place < bytes.Length; place++)
        {
            byte[] edited = [.. bytes];
            edited[place] ^= (byte)(1 << random.Next(8));
            Exception problem = await Assert.ThrowsAnyAsync<InvalidDataException>(async () => await CorpusPart.MergeAsync(
                [CorpusPart.Open(() => new MemoryStream(edited), "edited.part")], _folder["merged"], null, Token));
            Assert.StartsWith("edited.part", problem.Message, StringComparison.Ordinal);
            if (place % 7 == 0) Assert.ThrowsAny<InvalidDataException>(() => Use(edited));
        }

        Assert.Equal(before, Directory.GetFiles(_folder.FullPath));

        static void Use(byte[] part)
        {
            CorpusPart opened = CorpusPart.Open(() => new MemoryStream(part), "edited.part");
            if (opened.Kind == CorpusPartKind.Statistics) opened.ReadStatistics(Token);
            else CountedShards.Counts(opened.Sequences);
        }
    }

    [Theory]
    [InlineData(CorpusPartKind.Statistics)]
    [InlineData(CorpusPartKind.Coefficients)]
    public async Task A_part_of_a_newer_schema_is_refused_by_its_version(CorpusPartKind kind)
    {
        byte[] bytes = await SmallPartAsync(kind);
        bytes[8] = 2;
        Seal(bytes);

        Exception problem = Assert.Throws<InvalidDataException>(() => CorpusPart.Open(() => new MemoryStream(bytes), "new.part"));

        Assert.Equal(
            "new.part has schema version 2, newer than 1, which this version reads: update Fast.Tokenizer", problem.Message);
    }

    [Fact]
    public async Task A_kind_that_is_not_that_of_the_header_is_refused()
    {
        byte[] bytes = await SmallPartAsync(CorpusPartKind.Statistics);
        foreach ((byte kind, string says) in ((byte, string)[])[(2, "its kind is not that of its header"), (7, "its kind is 7")])
        {
            bytes[12] = kind;
            Seal(bytes);
            Exception problem = Assert.Throws<InvalidDataException>(() => CorpusPart.Open(() => new MemoryStream(bytes), "p"));
            Assert.Contains(says, problem.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("\"dimensions\":3", "\"dimensions\":16777217")]
    [InlineData("\"horizon\":8", "\"horizon\":2147483647")]
    [InlineData("\"horizon\":8", "\"horizon\":0")]
    [InlineData("\"horizon\":8", "\"horizon\":null")]
    [InlineData("\"encoded\":3", "\"encoded\":2")]
    [InlineData("\"encoded\":3", "\"encoded\":-1")]
    [InlineData("\"stride\":2", "\"stride\":0")]
    [InlineData("\"windows\":", "\"windows\":-")]
    [InlineData("\"windows\":", "\"windows\":1")]
    [InlineData("\"episodes\":", "\"episodes\":-1")]
    [InlineData("\"relative_error\":null", "\"relative_error\":1e-9")]
    [InlineData("\"entries\":", "\"entries\":1")]
    [InlineData("\"entries\":", "\"entries\":-1")]
    [InlineData("\"counted\":", "\"counted\":1")]
    [InlineData("\"scale\":10", "\"scale\":0")]
    [InlineData("\"order\":\"frequency_major\"", "\"order\":\"none\"")]
    [InlineData("\"mass\":", "\"mass\":1")]
    [InlineData("\"min_coefficient\":-", "\"min_coefficient\":-0")]
    [InlineData("\"min_coefficient\":-", "\"min_coefficient\":-99999")]
    [InlineData("\"max_coefficient\":", "\"max_coefficient\":-")]
    [InlineData("\"method\":\"quantile_01_99\"", "\"method\":\"other\"")]
    [InlineData("\"shards\":[", "\"shards\":[null,")]
    [InlineData("\"shards\":[", "\"other\":[")]
    [InlineData("\"id\":\"", "\"id\":\"X")]
    [InlineData("{", "[{")]
    public async Task A_header_that_says_what_cannot_be_is_refused(string written, string edited)
    {
        byte[] bytes = await SmallPartAsync(CorpusPartKind.Coefficients);
        byte[] hostile = WithHeader(bytes, header =>
        {
            Assert.Contains(written, header, StringComparison.Ordinal);
            int at = header.LastIndexOf(written, StringComparison.Ordinal);
            return $"{header[..at]}{edited}{header[(at + written.Length)..]}";
        });

        string message = Assert.ThrowsAny<InvalidDataException>(
            () => CountedShards.Counts(CorpusPart.Open(() => new MemoryStream(hostile), "hostile.part").Sequences)).Message;
        Assert.StartsWith("hostile.part", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, long.MaxValue, 100)]
    [InlineData(0, -1, 100)]
    [InlineData(0, 0, int.MaxValue)]
    [InlineData(0, 0, -5)]
    [InlineData(0, 0, 0)]
    [InlineData(0, 1, 0)]
    public async Task Lengths_that_a_trailer_invents_are_refused(int start, long body, int header)
    {
        byte[] bytes = await SmallPartAsync(CorpusPartKind.Coefficients);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(bytes.Length - TrailerLength + start), body);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(bytes.Length - TrailerLength + 8), header);
        Seal(bytes);

        Assert.Contains(
            "the lengths it gives are not its own",
            Assert.Throws<InvalidDataException>(() => CorpusPart.Open(() => new MemoryStream(bytes), "p")).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(16, int.MaxValue)]
    [InlineData(16, -1)]
    [InlineData(16, 0)]
    [InlineData(20, int.MaxValue)]
    [InlineData(20, 0)]
    [InlineData(20, -1)]
    [InlineData(24, 0x7F7F7F7F)]
    [InlineData(24, -1)]
    [InlineData(16, 2)]
    public async Task A_block_that_says_what_cannot_be_is_refused(int place, int number)
    {
        byte[] bytes = await SmallPartAsync(CorpusPartKind.Coefficients);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(place), number);
        Seal(bytes);

        Assert.ThrowsAny<InvalidDataException>(() => CountedShards.Counts(CorpusPart.Open(() => new MemoryStream(bytes), "p").Sequences));
    }

    [Fact]
    public async Task Resealed_parts_with_random_bytes_are_refused_or_merged_and_read()
    {
        byte[] bytes = await SmallPartAsync(CorpusPartKind.Coefficients), statistics = await SmallPartAsync(CorpusPartKind.Statistics);
        var random = new Random(9);
        int refused = 0;
        for (int trial = 0; trial < 2000; trial++)
        {
            byte[] edited = [.. trial % 2 == 0 ? bytes : statistics];
            int end = edited.Length - TrailerLength;
            for (int i = 0; i <= random.Next(3); i++) edited[random.Next(16, end)] = (byte)random.Next(256);
            Seal(edited);
            try
            {
                CorpusPart part = CorpusPart.Open(() => new MemoryStream(edited), "p");
                if (part.Kind == CorpusPartKind.Statistics) (await _shards.MergeAsync(part)).ReadStatistics(Token);
                else CountedShards.Counts(part.Sequences);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1000, 2000);
    }

    [Fact]
    public async Task A_stopped_count_or_merge_leaves_nothing()
    {
        CorpusPart one = await _shards.StatisticsAsync(_one), other = await _shards.StatisticsAsync(_other);
        string[] before = Directory.GetFiles(_folder.FullPath);
        using var stopping = new CancellationTokenSource();
        var stop = new Stopping(stopping);

        string path = _folder["x"];
        var little = new CorpusPartOptions { MemoryLimit = 50 };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => CorpusPart.CountStatisticsAsync(_one, CountedShards.Options, path, little, stop, stopping.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => CorpusPart.CountCoefficientsAsync(_one, one, new(), path, little, null, stopping.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CorpusPart.MergeAsync([one, other], path, null, stopping.Token));

        Assert.Equal(before, Directory.GetFiles(_folder.FullPath));
    }

    public void Dispose() => _folder.Dispose();

    private async Task RefusedAsync(Func<Task<CorpusPart>> work, params string[] says)
    {
        string[] before = Directory.GetFiles(_folder.FullPath);
        Exception problem = await Assert.ThrowsAnyAsync<Exception>(work);
        Assert.True(problem is InvalidDataException or ArgumentException or FileNotFoundException, problem.ToString());
        foreach (string text in says) Assert.Contains(text, problem.Message, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFiles(_folder.FullPath));
    }

    private async Task<byte[]> SmallPartAsync(CorpusPartKind kind)
    {
        CorpusPart part = await _shards.StatisticsAsync(_one);
        return File.ReadAllBytes(kind == CorpusPartKind.Statistics ? part.Name : (await _shards.CoefficientsAsync(_one, part)).Name);
    }

    // Makes the checksum that of what stands there now.
    private static void Seal(byte[] part) =>
        SHA256.HashData(part.AsSpan(0, part.Length - TrailerLength + 12), part.AsSpan(part.Length - TrailerLength + 12));

    private static byte[] WithHeader(byte[] part, Func<string, string> edit)
    {
        int body = (int)BinaryPrimitives.ReadInt64LittleEndian(part.AsSpan(part.Length - TrailerLength));
        int start = 16 + body;
        byte[] header = Encoding.UTF8.GetBytes(edit(Encoding.UTF8.GetString(part[start..^TrailerLength])));
        byte[] whole = [.. part[..start], .. header, .. part[^TrailerLength..]];
        BinaryPrimitives.WriteInt32LittleEndian(whole.AsSpan(whole.Length - TrailerLength + 8), header.Length);
        Seal(whole);
        return whole;
    }

    private sealed class Stopping(CancellationTokenSource source) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => source.Cancel();
    }
}
