using System.Diagnostics;
using System.Globalization;
using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Tests.Interop;

/// <summary>
/// A process that saves is killed, as with <c>kill -9</c>, at random moments. <c>FAST_TOKENIZER_FAULT_ROUNDS</c> says how often.
/// </summary>
public sealed class KilledSaveTests : IDisposable
{
    // The artifacts of both projects stand side by side, each in a folder named after the configuration.
    private static readonly DirectoryInfo _tests = new(AppContext.BaseDirectory);
    private static readonly string _program = Path.Combine(
        _tests.Parent!.Parent!.FullName, "Fast.Tokenizer.SaveLoop", _tests.Name, "Fast.Tokenizer.SaveLoop.dll");

    private readonly TemporaryFolder _folder = new();

    private static int Rounds =>
        int.TryParse(Environment.GetEnvironmentVariable("FAST_TOKENIZER_FAULT_ROUNDS"), CultureInfo.InvariantCulture, out int rounds)
            ? rounds
            : 6;

    private string Target => _folder["place", "it"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("folder")]
    [InlineData("two-moves")]
    public void The_folder_is_one_of_the_two_and_whole(string how)
    {
        SaveTwo();
        SortedDictionary<string, string>[] wholes = [Files(_folder["a"]), Files(_folder["b"])];
        FastActionTokenizer.Load(_folder["a"]).Save(Target);
        var random = new Random(11);
        int caught = 0;
        for (int round = 0; round < Rounds; round++)
        {
            KillSaving(how, random);

            if (!Directory.Exists(Target)) caught++;
            string found = ReplacedDirectory.Find(Target)!;
            Assert.Contains(Files(found), wholes);
            Assert.InRange(FastActionTokenizer.Load(Target).Definition.Scale, 1, 2);
        }

        // Linux and macOS have no moment without a folder.
        if (how == "folder" && !OperatingSystem.IsWindows()) Assert.Equal(0, caught);
        FastActionTokenizer.Load(_folder["b"]).Save(Target);
        Assert.Equal(wholes[1], Files(Target));
        Assert.Equal([Target], Directory.GetFileSystemEntries(_folder["place"]));
    }

    [Fact]
    public void A_statistics_file_is_one_of_the_two_and_whole()
    {
        SaveTwo();
        Directory.CreateDirectory(_folder["place"]);
        byte[][] wholes = [File.ReadAllBytes(_folder["a", "stats.json"]), File.ReadAllBytes(_folder["b", "stats.json"])];
        File.Copy(_folder["a", "stats.json"], Target);
        var random = new Random(12);
        for (int round = 0; round < Rounds; round++)
        {
            KillSaving("statistics", random, Path.Combine(_folder["a"], "stats.json"), Path.Combine(_folder["b"], "stats.json"));
            Assert.Contains(File.ReadAllBytes(Target), wholes);
        }
    }

    [Fact]
    public void What_was_killed_between_two_moves_is_loaded_and_put_back()
    {
        SaveTwo();
        string left = Path.Combine(_folder["place"], ".it.01234567.saving");
        Directory.CreateDirectory(left);
        File.WriteAllBytes(Path.Combine(left, "lock"), []);
        Directory.Move(_folder["a"], Path.Combine(left, "old"));
        Directory.Move(_folder["b"], Path.Combine(left, "new"));

        Assert.Equal(1, FastActionTokenizer.Load(Target).Definition.Scale);
        Assert.Equal([left], Directory.GetFileSystemEntries(_folder["place"]));

        // The old one is back before the new one is refused.
        HashSet<string> names = [.. SavedFolder.Names];
        Assert.ThrowsAny<IOException>(() => ReplacedDirectory.Write(Target, [("no/such/folder", [])], names));
        Assert.Equal(1, FastActionTokenizer.Load(Target).Definition.Scale);
        Assert.Equal([Target], Directory.GetFileSystemEntries(_folder["place"]));
    }

    [Fact]
    public void What_a_living_process_saves_is_left_alone()
    {
        SaveTwo();
        FastActionTokenizer tokenizer = FastActionTokenizer.Load(_folder["a"]);
        tokenizer.Save(Target);
        using (SavingFolder living = SavingFolder.Begin(Target))
        {
            Directory.CreateDirectory(living.New);
            tokenizer.Save(Target);
            Assert.True(Directory.Exists(living.New));
        }

        Assert.Equal([Target], Directory.GetFileSystemEntries(_folder["place"]));
    }

    [Theory]
    [InlineData(".it.0123456.saving")]
    [InlineData(".it.01234567.saved")]
    [InlineData("it.01234567.saving")]
    [InlineData(".its.01234567.saving")]
    public void A_folder_of_another_name_is_not_taken_for_a_leftover(string name)
    {
        SaveTwo();
        string other = Path.Combine(_folder["place"], name);
        Directory.CreateDirectory(Path.Combine(other, "old"));
        File.WriteAllText(Path.Combine(other, "lock"), "mine");

        Assert.Throws<DirectoryNotFoundException>(() => FastActionTokenizer.Load(Target));
        FastActionTokenizer.Load(_folder["a"]).Save(Target);

        Assert.Equal("mine", File.ReadAllText(Path.Combine(other, "lock")));
        Assert.True(Directory.Exists(Path.Combine(other, "old")));
    }

    [Fact]
    public void A_leftover_that_is_a_link_is_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        SaveTwo();
        Directory.CreateDirectory(_folder["place"]);
        Directory.CreateDirectory(_folder["precious", "new"]);
        File.WriteAllBytes(_folder["precious", "lock"], []);
        Directory.CreateSymbolicLink(Path.Combine(_folder["place"], ".it.01234567.saving"), _folder["precious"]);

        FastActionTokenizer.Load(_folder["a"]).Save(Target);

        Assert.True(Directory.Exists(_folder["precious", "new"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_loads_during_saves_gets_one_of_them_whole(bool canExchange)
    {
        (string, byte[])[][] wholes = [.. Enumerable.Range(1, 15).Select(scale =>
        {
            SampleTokenizers.Tokenizer(scale, merges: 0).Save(_folder[$"{scale}"]);
            return Contents(_folder[$"{scale}"]);
        })];
        HashSet<string> names = [.. SavedFolder.Names];
        ReplacedDirectory.Write(Target, wholes[0], names);
        using var done = new CancellationTokenSource();
        int loads = 0;
        Task loading = Task.Run(Load, TestContext.Current.CancellationToken);

        foreach ((string, byte[])[] whole in wholes)
        {
            // The same one again, too: its manifest does not tell that it was replaced.
            for (int time = 0; time < 3; time++) ReplacedDirectory.Write(Target, whole, names, canExchange);
        }

        // Where saving is much faster than loading, or loading starts late.
        while (Volatile.Read(ref loads) < 50 && !loading.IsCompleted) ReplacedDirectory.Write(Target, wholes[^1], names, canExchange);
        await done.CancelAsync();
        await loading;

        void Load()
        {
            for (double last = 0; !done.IsCancellationRequested; Interlocked.Increment(ref loads))
            {
                double scale = FastActionTokenizer.Load(Target).Definition.Scale;
                Assert.True(scale >= last, $"{scale} came after {last}");
                last = scale;
            }
        }
    }

    // Two that differ in every file but one, and in length.
    private void SaveTwo()
    {
        SampleTokenizers.Tokenizer(scale: 1, normalizer: new(SampleTokenizers.Statistics(3), new())).Save(_folder["a"]);
        SampleTokenizers.Tokenizer(scale: 2, merges: 0, normalizer: new(SampleTokenizers.Statistics(9), new())).Save(_folder["b"]);
    }

    private void KillSaving(string what, Random random) => KillSaving(what, random, _folder["a"], _folder["b"]);

    private void KillSaving(string what, Random random, string first, string second)
    {
        var start = new ProcessStartInfo("dotnet", [_program, what, Target, first, second]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        Thread.Sleep(random.Next(60));
        process.Kill();
        process.WaitForExit();
    }

    private static (string Name, byte[] Content)[] Contents(string folder) =>
        [.. Directory.GetFiles(folder).Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))];

    private static SortedDictionary<string, string> Files(string folder) => new(
        Contents(folder).ToDictionary(file => file.Name, file => Convert.ToHexString(file.Content)), StringComparer.Ordinal);
}
