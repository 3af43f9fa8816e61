using System.Text;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Tests.Quantization;

namespace Fast.Tokenizer.Tests.Interop;

/// <summary>Reconstruction points in a saved folder.</summary>
public sealed class SavedReconstructionTests
{
    private const string Offsets = "\"offsets\": [\n      0.125,";

    [Fact]
    public void Points_survive_and_so_does_what_they_decode()
    {
        var random = new Random(3);
        for (int round = 0; round < 20; round++)
        {
            var shape = new ActionShape(random.Next(1, 12), 2);
            FastTokenizerDefinition definition = Definition(ReconstructionPointsTests.Random(random, shape));
            using var folder = new SavedFolder(definition);
            FastActionTokenizer saved = new(definition), loaded = FastActionTokenizer.Load(folder.FullPath);

            ReconstructionPoints points = loaded.Definition.Reconstruction!;
            Assert.Equal((shape, definition.Reconstruction!.Magnitudes), (points.Shape, points.Magnitudes));
            Assert.Equal(definition.Reconstruction.Offsets, points.Offsets);
            int[] ids = [.. Enumerable.Range(0, 12).Select(_ => random.Next(11))];
            Assert.Equal(saved.Decode(ids, new ActionShape(6, 2)), loaded.Decode(ids, new ActionShape(6, 2)));
        }
    }

    [Fact]
    public void Only_a_folder_with_points_has_the_newer_schema_and_names_no_processor_of_Python()
    {
        using SavedFolder with = Small(), without = new(Definition(null));
        string Text(SavedFolder folder, string name) => Encoding.UTF8.GetString(folder.Saved(name));
        Assert.Contains("\"schema_version\": 2", Text(with, SavedFolder.Manifest), StringComparison.Ordinal);
        Assert.Contains("\"schema_version\": 1", Text(without, SavedFolder.Manifest), StringComparison.Ordinal);
        Assert.DoesNotContain("reconstruction", Text(without, SavedFolder.Manifest), StringComparison.Ordinal);
        foreach (string name in (string[])["processor_config.json", "tokenizer_config.json"])
        {
            Assert.DoesNotContain("ActionProcessor", Text(with, name), StringComparison.Ordinal);
            Assert.DoesNotContain("AutoProcessor\"", Text(with, name), StringComparison.Ordinal);
            Assert.Contains("UniversalActionProcessor", Text(without, name), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("\"schema_version\": 2", "\"schema_version\": 1", "schema version 1 does not have")]
    [InlineData("\"schema_version\": 2", "\"schema_version\": 4", "update the library")]
    [InlineData(Offsets, "\"offsets\": [\n      0.5,", "frequency 0, dimension 0, magnitude 1 is 0.5")]
    [InlineData(Offsets, "\"offsets\": [\n      -7,", "is -7")]
    [InlineData(Offsets, "\"offsets\": [\n      1e999,", "magnitude 1")]
    [InlineData(Offsets, "\"offsets\": [\n      \"NaN\",", "offsets")]
    [InlineData(Offsets, "\"offsets\": [\n      null,", "offsets")]
    [InlineData(Offsets, "\"offsets\": [\n      0.125, 0,", "13 offsets")]
    [InlineData(Offsets, "\"offsets\": [", "11 offsets")]
    [InlineData("\"offsets\": [", "\"offsets\": null, \"more\": [", "offsets")]
    [InlineData("\"magnitudes\": 2", "\"magnitudes\": 0", "0 magnitudes")]
    [InlineData("\"magnitudes\": 2", "\"magnitudes\": 2147483647", "2147483647 magnitudes")]
    [InlineData("\"magnitudes\": 2", "\"magnitudes\": 2, \"colour\": 1", "colour")]
    [InlineData("\"reconstruction\": {\n    \"horizon\": 3", "\"reconstruction\": {\n    \"horizon\": 0", "horizon")]
    [InlineData("\"reconstruction\": {\n    \"horizon\": 3", "\"reconstruction\": {\n    \"horizon\": 2000000000", "more than")]
    [InlineData("\"horizon\": 3,\n    \"dimensions\": 2", "\"horizon\": 2,\n    \"dimensions\": 3", "3 dimensions, the tokenizer of 2")]
    public void Points_that_cannot_be_are_named(string before, string after, string named)
    {
        using SavedFolder folder = Small();
        folder.EditAndReseal(SavedFolder.Manifest, before, after);
        Assert.Contains(named, folder.RefusesToLoad().Message, StringComparison.Ordinal);
    }

    // A folder from which the points were taken would decode to other actions: its other files must give that away.
    [Fact]
    public void A_folder_whose_points_were_taken_out_is_refused()
    {
        using SavedFolder folder = Small();
        string manifest = Encoding.UTF8.GetString(folder.Saved(SavedFolder.Manifest));
        int start = manifest.IndexOf("  \"reconstruction\"", StringComparison.Ordinal);
        int end = manifest.IndexOf("  \"normalization\"", StringComparison.Ordinal);
        folder.EditAndReseal(SavedFolder.Manifest, manifest[start..end], "");
        Assert.Contains("processor_config.json", folder.RefusesToLoad().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_happens_to_the_points_the_folder_works_or_is_refused()
    {
        using SavedFolder folder = Small();
        var random = new Random(5);
        byte[] saved = folder.Saved(SavedFolder.Manifest);
        int start = saved.AsSpan().IndexOf("\"reconstruction\""u8), end = saved.AsSpan().IndexOf("\"normalization\""u8);
        int refused = 0;
        for (int round = 0; round < 1500; round++)
        {
            byte[] changed = [.. saved];
            for (int count = random.Next(1, 3); count > 0; count--)
            {
                char likely = "0123456789.-,[]{}\":e"[random.Next(20)];
                changed[random.Next(start, end)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)likely;
            }

            folder.Write(SavedFolder.Manifest, changed);
            folder.Reseal();
            try
            {
                FastActionTokenizer loaded = FastActionTokenizer.Load(folder.FullPath);
                float[] decoded = [.. loaded.Decode([.. Enumerable.Repeat(3, 12)], new ActionShape(6, 2)).Cast<float>()];
                Assert.All(decoded, value => Assert.True(float.IsFinite(value)));
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 300, 1499);
    }

    private static SavedFolder Small() =>
        new(Definition(new ReconstructionPoints(new ActionShape(3, 2), 2, [0.125, .. Enumerable.Range(1, 11).Select(i => i / -100.0)])));

    private static FastTokenizerDefinition Definition(ReconstructionPoints? points) => new()
    {
        Scale = 10,
        Alphabet = new Fast.Tokenizer.Vocabulary.IntegerAlphabet(-5, 5),
        Vocabulary = new(11, [new(5, 5, 11), new(11, 11, 12), new(12, 12, 13)]),
        Normalizer = new(new(min: [-2, 0], max: [2, 1], mean: [0, 0.1], std: [0.5, 0.2], q01: [-1, 0], q99: [1, 0.5]), new()),
        Metadata = new() { Horizon = 6, Dimensions = 2, Rate = 5, DimensionNames = ["x", "grip"] },
        Reconstruction = points,
    };
}
