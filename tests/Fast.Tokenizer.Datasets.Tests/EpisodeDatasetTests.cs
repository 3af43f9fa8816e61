using Fast.Tokenizer.Datasets.NumPy;
using Fast.Tokenizer.Datasets.Tests.NumPy;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.Tests;

public sealed class EpisodeDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Archive(string name, int dimensions = 2, string? description = null)
    {
        if (description is not null) _folder.Write(Path.ChangeExtension(name, ".json"), description);
        return _folder.Write(name, ZipBytes.Make(("e.npy", NpyBytes.Doubles($"(1, {dimensions})", new double[dimensions]))));
    }

    [Fact]
    public async Task The_format_is_told_by_the_content()
    {
        string archive = Archive("archive.bin");
        string array = _folder.Write("array.npz", NpyBytes.Doubles("(1, 2)", 1, 2));
        Assert.Equal("e", Assert.Single(await EpisodeDataset.Open(archive).ReadAll()).Name);
        Assert.Equal("array", Assert.Single(await EpisodeDataset.Open(array).ReadAll()).Name);
    }

    [Fact]
    public void A_missing_path_is_named()
    {
        var missing = Assert.Throws<FileNotFoundException>(() => EpisodeDataset.Open("nowhere/x"));
        Assert.Equal("no such file or folder: nowhere/x", missing.Message);
    }

    [Fact]
    public void An_unknown_format_is_named_with_those_that_are_known()
    {
        string path = _folder.Write("x.bin", "not a recording at all");
        Assert.StartsWith(
            $"file '{path}': is of no known recording format (starts with 6E6F742061207265636F7264696E6720); "
            + "known: NumPy archive (.npz), NumPy array (.npy)",
            EpisodeReading.Refusal(() => EpisodeDataset.Open(path)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_file_is_named()
    {
        string path = _folder.Write("x.npz", []);
        Assert.Equal($"file '{path}': is empty", EpisodeReading.Refusal(() => EpisodeDataset.Open(path)));
    }

    [Fact]
    public void One_path_is_opened_as_it_is() => Assert.IsType<NumPyEpisodeSource>(EpisodeDataset.Open([Archive("a.npz")]));

    [Fact]
    public async Task Several_files_are_read_one_after_the_other_under_their_names()
    {
        string array = _folder.Write("c.npy", NpyBytes.Doubles("(2, 2)", 1, 2, 3, 4));
        IEpisodeSource source = EpisodeDataset.Open([Archive("b.npz"), Archive("a.npz"), array]);
        List<Episode> episodes = await source.ReadAll();
        Assert.Equal(["b.npz:e", "a.npz:e", "c.npy:c"], episodes.Select(episode => episode.Name));
        Assert.Equal([1, 2, 3, 4], episodes[2].Actions.ToArray());
    }

    [Fact]
    public async Task Files_of_one_name_are_told_apart_by_their_paths()
    {
        string one = Archive("one/x.npz"), two = Archive("two/x.npz");
        Assert.Equal([$"{one}:e", $"{two}:e"], (await EpisodeDataset.Open([one, two]).ReadAll()).Select(episode => episode.Name));
    }

    [Fact]
    public async Task A_folder_is_its_recordings_in_order_of_name()
    {
        Archive("b.npz", description: """{"hz": 5}""");
        Archive("a.NPZ");
        _folder.Write("notes.txt", "ignored");
        IEpisodeSource source = EpisodeDataset.Open(_folder.FullPath);
        Assert.Equal(["a.NPZ:e", "b.npz:e"], (await source.ReadAll()).Select(episode => episode.Name));
        Assert.Equal(_folder.FullPath, source.Name);
        Assert.Equal(5, source.Rate);
    }

    [Fact]
    public void A_folder_without_recordings_is_refused()
    {
        _folder.Write("notes.txt", "ignored");
        string message = EpisodeReading.Refusal(() => EpisodeDataset.Open(_folder.FullPath));
        Assert.StartsWith($"folder '{_folder.FullPath}': holds no recording", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_searched_for_recordings_to_any_depth()
    {
        Archive("b/deep/x.npz");
        Archive("a.npz");
        Archive("c/y.npz");
        IEpisodeSource source = EpisodeDataset.Open(_folder.FullPath);
        Assert.Equal(["a.npz:e", "x.npz:e", "y.npz:e"], (await source.ReadAll()).Select(episode => episode.Name));
    }

    [Theory]
    [InlineData("*.npz", "a.npz b.npz")]
    [InlineData("?.npz", "a.npz b.npz")]
    [InlineData("b*", "b b.npz")]
    [InlineData("*/x.npz", "b/x.npz")]
    [InlineData("**/*.npz", "a.npz b.npz b/deep/x.npz b/x.npz")]
    [InlineData("**/deep", "b/deep")]
    public void A_pattern_is_what_it_matches(string pattern, string expected)
    {
        foreach (string name in (string[])["a.npz", "b.npz", "b/x.npz", "b/deep/x.npz"]) Archive(name);
        Assert.Equal(
            expected.Split(' ').Select(_folder.File).Order(StringComparer.Ordinal),
            PathPattern.Expand(_folder.File(pattern)));
    }

    [Fact]
    public void A_pattern_without_a_match_is_named()
    {
        var missing = Assert.Throws<FileNotFoundException>(() => EpisodeDataset.Open(_folder.File("*.npz")));
        Assert.Equal($"no file or folder matches {_folder.File("*.npz")}", missing.Message);
    }

    [Fact]
    public async Task A_file_whose_name_looks_like_a_pattern_is_itself()
    {
        Archive("ab.npz");
        Assert.Single(await EpisodeDataset.Open(Archive("a*.npz")).ReadAll());
    }

    [Fact]
    public void A_format_can_be_forced()
    {
        string array = _folder.Write("x.npz", NpyBytes.Doubles("(1, 2)", 1, 2));
        Assert.IsType<NumPyEpisodeSource>(EpisodeDataset.Open(array, new EpisodeDatasetOptions { Format = "NPY" }));
        var unknown = Assert.Throws<ArgumentException>(() => EpisodeDataset.Open(array, new EpisodeDatasetOptions { Format = "npx" }));
        Assert.StartsWith("there is no format 'npx' (did you mean 'npz'?); the formats are npz, npy", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Differing_dimensions_name_both_files()
    {
        IEpisodeSource source = EpisodeDataset.Open([Archive("a.npz", 2), Archive("b.npz", 3)]);
        await source.RefusesWith("recordings: episode 'b.npz:e' has 3 dimensions, but episode 'a.npz:e' has 2; give episodes of one robot");
    }

    [Fact]
    public void Differing_rates_name_both_files()
    {
        string a = Archive("a.npz", description: """{"hz": 5}"""), b = Archive("b.npz", description: """{"hz": 7.5}""");
        string message = EpisodeReading.Refusal(() => EpisodeDataset.Open([a, b]));
        Assert.Equal($"'{b}' has 7.5 steps per second, '{a}' 5; give recordings of one rate", message);
    }

    [Fact]
    public void Differing_dimension_names_name_both_files()
    {
        string a = Archive("a.npz", description: """{"dim_names": ["x", "y"]}""");
        string b = Archive("b.npz", description: """{"dim_names": ["y", "x"]}""");
        string message = EpisodeReading.Refusal(() => EpisodeDataset.Open([a, b]));
        Assert.Equal($"'{b}' has dimensions y, x; '{a}' has x, y; give recordings of one robot", message);
    }

    [Fact]
    public async Task A_recording_that_does_not_say_is_like_those_that_do()
    {
        string silent = Archive("a.npz"), telling = Archive("b.npz", description: """{"hz": 5, "dim_names": ["x", "y"]}""");
        IEpisodeSource source = EpisodeDataset.Open([silent, telling]);
        Assert.Equal(5, source.Rate);
        Assert.Equal(["x", "y"], source.DimensionNames);
        Assert.Equal(2, (await source.ReadAll()).Count);
    }

    [Fact]
    public async Task Names_from_one_file_must_fit_the_dimensions_of_the_others()
    {
        string silent = Archive("a.npz", 3), telling = Archive("b.npz", description: """{"dim_names": ["x", "y"]}""");
        IEpisodeSource source = EpisodeDataset.Open([silent, telling]);
        await source.RefusesWith("recordings: episode 'a.npz:e' has 3 dimensions, but 2 dimension names");
    }

    [Fact]
    public void One_file_twice_is_refused()
    {
        string path = Archive("a.npz");
        Assert.Throws<ArgumentException>(() => EpisodeDataset.Open([path, Path.Combine(_folder.FullPath, ".", "a.npz")]));
        Assert.Throws<ArgumentException>(() => EpisodeDataset.Open([path, _folder.FullPath]));
    }

    [Fact]
    public void No_path_is_refused()
    {
        Assert.Throws<ArgumentException>(() => EpisodeDataset.Open(Array.Empty<string>()));
        Assert.Throws<ArgumentException>(() => EpisodeDataset.Open(""));
    }
}
