using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Tests.Normalization;

namespace Fast.Tokenizer.Tests.Interop;

/// <summary>Saving to disks that are full, read-only, or nothing but the folder.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_tokenizer_is_saved_whole_or_not_at_all(bool isThere)
    {
        using var disk = SmallDisk.Mount(_folder["disk"], 512);
        if (isThere) Tokenizer(1).Save(disk["it"]);
        int pages = FillUntilItFits(disk, () => Tokenizer(2).Save(disk["it"]));

        // Seven files, and none is smaller than a page.
        Assert.InRange(pages, 7, 30);
        Assert.Equal(2, FastActionTokenizer.Load(disk["it"]).Definition.Scale);
        Assert.Equal(["filler", "it"], Directory.GetFileSystemEntries(disk.FullPath).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Statistics_are_saved_whole_or_not_at_all(bool isOpenPi)
    {
        using var disk = SmallDisk.Mount(_folder["disk"], 512);
        void Save(int dimensions)
        {
            if (isOpenPi) OpenPiStatistics.Write(disk["it.json"], SampleTokenizers.Statistics(dimensions));
            else LeRobotStatistics.Write(disk["it.json"], SampleTokenizers.Statistics(dimensions));
        }

        Save(3);
        Assert.InRange(FillUntilItFits(disk, () => Save(400)), 2, 40);
        Assert.Equal(
            400, (isOpenPi ? OpenPiStatistics.Read(disk["it.json"]) : LeRobotStatistics.Read(disk["it.json"])).Dimensions);
    }

    [Fact]
    public void A_read_only_disk_is_an_error_and_stays_as_it_is()
    {
        using var disk = SmallDisk.Mount(_folder["disk"], 512);
        Tokenizer(1).Save(disk["it"]);
        LeRobotStatistics.Write(disk["it.json"], SampleTokenizers.Statistics(3));
        SortedDictionary<string, string> before = disk.Snapshot();
        disk.MakeReadOnly();

        Refusal.Says<IOException>("Read-only file system", () => Tokenizer(2).Save(disk["it"]));
        Refusal.Says<IOException>("Read-only file system", () => Tokenizer(2).Save(disk["new"]));
        Refusal.Says<IOException>(
            "Read-only file system", () => LeRobotStatistics.Write(disk["it.json"], SampleTokenizers.Statistics(4)));

        Assert.Equal(before, disk.Snapshot());
        Assert.Equal(1, FastActionTokenizer.Load(disk["it"]).Definition.Scale);
    }

    [Fact]
    public void A_mount_point_cannot_be_replaced_and_stays_as_it_is()
    {
        using var disk = SmallDisk.Mount(_folder["place", "disk"], 512);
        Refusal.Says<IOException>("cannot be replaced as a whole", () => Tokenizer(2).Save(disk.FullPath));
        Assert.Empty(disk.Snapshot());

        Tokenizer(1).Save(_folder["a"]);
        foreach (string file in Directory.GetFiles(_folder["a"])) File.Copy(file, disk[Path.GetFileName(file)]);
        SortedDictionary<string, string> before = disk.Snapshot();
        Refusal.Says<IOException>("choose a folder below it", () => Tokenizer(2).Save(disk.FullPath));

        Assert.Equal(before, disk.Snapshot());
        Assert.Equal([disk.FullPath], Directory.GetFileSystemEntries(_folder["place"]));
    }

    // A page more each time: every write of the save is once the one that fails.
    private static int FillUntilItFits(SmallDisk disk, Action save)
    {
        SortedDictionary<string, string> before = disk.Snapshot();
        for (int pages = 0; ; pages++)
        {
            disk.FillBut(pages);
            try
            {
                save();
                return pages;
            }
            catch (IOException problem)
            {
                Assert.StartsWith("No space left on device", problem.Message, StringComparison.Ordinal);
                Assert.Equal(before, disk.Snapshot());
            }
        }
    }

    private static FastActionTokenizer Tokenizer(double scale) =>
        SampleTokenizers.Tokenizer(scale, normalizer: new(SampleTokenizers.Statistics(3), new()));
}
