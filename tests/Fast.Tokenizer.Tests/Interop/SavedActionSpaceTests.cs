using System.Text;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Tests.Actions;

namespace Fast.Tokenizer.Tests.Interop;

/// <summary>Action spaces and embodiments in a saved folder.</summary>
public sealed class SavedActionSpaceTests
{
    private const string Reference = "\"reference\": \"previous\"";

    [Fact]
    public void A_space_survives_and_so_does_what_it_encodes()
    {
        var random = new Random(6);
        for (int round = 0; round < 20; round++)
        {
            var shape = new ActionShape(random.Next(2, 12), random.Next(1, 6));
            FastTokenizerDefinition definition = SampleTokenizers.Definition(min: -2000, max: 2000, merges: 20) with
            {
                ActionSpace = OwnActionsTests.RandomSpace(random, shape.Dimensions),
                Metadata = new() { Horizon = shape.Horizon, Dimensions = shape.Dimensions },
            };
            using var folder = new TemporaryFolder();
            new FastActionTokenizer(definition).Save(folder["t"]);
            FastActionTokenizer saved = new(definition), loaded = FastActionTokenizer.Load(folder["t"]);
            Assert.Equal(definition.ActionSpace.Dimensions, loaded.Definition.ActionSpace!.Dimensions);
            double[] actions = SampleTokenizers.Motion(random, shape), state = SampleTokenizers.Motion(random, new(1, shape.Dimensions));
            int[] expected = new int[saved.MaxTokenCount(shape)], ids = new int[expected.Length];
            Assert.Equal(saved.Encode(actions, shape, expected, new ActionContext(state)), loaded.Encode(actions, shape, ids, new ActionContext(state)));
            Assert.Equal(expected, ids);

            // Python gets what is encoded.
            Assert.Contains(
                $"\"action_dim\": {definition.ActionSpace.EncodedDimensions.Count},",
                File.ReadAllText(Path.Combine(folder["t"], "processor_config.json")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Embodiments_survive()
    {
        FastTokenizerDefinition definition = EmbodimentTests.Shared();
        using var folder = new TemporaryFolder();
        new FastActionTokenizer(definition).Save(folder["t"]);
        FastActionTokenizer saved = new(definition), loaded = FastActionTokenizer.Load(folder["t"]);
        Assert.Equal(["arm", "hand"], loaded.Definition.Embodiments.Keys.Order());
        foreach ((string name, Embodiment embodiment) in definition.Embodiments)
        {
            var shape = new ActionShape(15, embodiment.Metadata.Dimensions!.Value);
            double[] actions = SampleTokenizers.Motion(new(8), shape);
            Assert.Equal(saved.For(name).Encode(actions, shape), loaded.For(name).Encode(actions, shape));
            Assert.Equal(embodiment.Metadata.Rate, loaded.For(name).Definition.Metadata.Rate);
        }

        // One robot's own folder needs nothing of the newer schema unless its actions do.
        loaded.For("hand").Save(folder["hand"]);
        Assert.Contains("\"schema_version\": 1", File.ReadAllText(Path.Combine(folder["hand"], SavedFolder.Manifest)), StringComparison.Ordinal);
        Assert.Empty(FastActionTokenizer.Load(folder["hand"]).Definition.Embodiments);
    }

    [Fact]
    public void Only_a_folder_with_a_space_or_embodiments_has_the_newest_schema()
    {
        using SavedFolder with = Small();
        Assert.Contains("\"schema_version\": 3", Encoding.UTF8.GetString(with.Saved(SavedFolder.Manifest)), StringComparison.Ordinal);
        using var without = new TemporaryFolder();
        new FastActionTokenizer(SampleTokenizers.Definition(merges: 5)).Save(without["t"]);
        string manifest = File.ReadAllText(Path.Combine(without["t"], SavedFolder.Manifest));
        Assert.Contains("\"schema_version\": 1", manifest, StringComparison.Ordinal);
        Assert.DoesNotContain("action_space", manifest, StringComparison.Ordinal);
        Assert.DoesNotContain("embodiments", manifest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"schema_version\": 3", "\"schema_version\": 2", "has an action space, which schema version 2 does not have")]
    [InlineData("\"schema_version\": 3", "\"schema_version\": 4", "update the library")]
    [InlineData(Reference, "\"reference\": \"next\"", "reference 'next' of dimension 1 is not known; it is one of absolute, state, previous")]
    [InlineData(Reference, "\"reference\": null", "reference")]
    [InlineData(Reference, Reference + ", \"colour\": 1", "colour")]
    [InlineData("\"state_index\": 3", "\"state_index\": -3", "state index of dimension 1 is -3")]
    [InlineData("\"state_index\": 3", "\"state_index\": 3e9", "state_index")]
    [InlineData("\"period\": 360", "\"period\": 0", "period of dimension 0 is 0")]
    [InlineData("\"period\": 360", "\"period\": 1e999", "dimension 0")]
    [InlineData("\"fill\": 2.5", "\"fill\": \"NaN\"", "fill")]
    [InlineData("\"fill\": 2.5", "\"fill\": 1e300", "fill value of dimension 3 is 1E+300")]
    [InlineData("\"encoded\": false", "\"encoded\": true", "the action space encodes 4")]
    [InlineData("\"low\": -1", "\"low\": 3", "binary values of dimension 2")]
    [InlineData("\"threshold\": 0", "\"threshold\": null", "threshold")]
    [InlineData("\"action_space\": [", "\"action_space\": [ null,", "without an entry for dimension 0")]
    [InlineData("\"action_space\": [", "\"action_space\": [], \"more\": [", "more")]
    [InlineData("\"dimensions\": 4", "\"dimensions\": 3", "4 dimensions, the metadata says 3")]
    [InlineData("\"training\": null", "\"embodiments\": {}, \"training\": null", "embodiments, but none")]
    [InlineData("\"training\": null", "\"embodiments\": {\"arm\": null}, \"training\": null", "nothing for embodiment 'arm'")]
    [InlineData(
        "\"training\": null", "\"embodiments\": {\"arm\": {\"normalization\": null, \"actions\": {}, \"action_space\": []}}, \"training\": null",
        "embodiment 'arm': the action space encodes no dimension")]
    [InlineData(
        "\"training\": null", "\"embodiments\": {\"arm\": {\"normalization\": null, \"actions\": {\"rate\": -1}}}, \"training\": null",
        "embodiment 'arm': a rate of -1")]
    [InlineData(
        "\"training\": null", "\"embodiments\": {\"\": {\"normalization\": null, \"actions\": {}}}, \"training\": null", "embodiment has no name")]
    public void What_cannot_be_is_named(string before, string after, string named)
    {
        using SavedFolder folder = Small();
        folder.EditAndReseal(SavedFolder.Manifest, before, after);
        Assert.Contains(named, folder.RefusesToLoad().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_happens_to_the_space_the_folder_works_or_is_refused()
    {
        using SavedFolder folder = Small();
        var random = new Random(5);
        byte[] saved = folder.Saved(SavedFolder.Manifest);
        int start = saved.AsSpan().IndexOf("\"action_space\""u8), end = saved.AsSpan().IndexOf("\"training\""u8), refused = 0;
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
                var decoded = new double[16];
                if (loaded.Definition.ActionSpace!.StateLength > 50) continue;
                loaded.Decode([4, 5, 6], new(4, 4), decoded, Tokenizer.Decoding.DecodePolicy.Prefix, new ActionContext(new double[50]));
                Assert.All(decoded, value => Assert.True(double.IsFinite(value)));
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 300, 1499);
    }

    private static SavedFolder Small() => new(new FastTokenizerDefinition
    {
        Scale = 10,
        Alphabet = new Fast.Tokenizer.Vocabulary.IntegerAlphabet(-5, 5),
        Vocabulary = new(11, [new(5, 5, 11), new(11, 11, 12)]),
        Normalizer = new(new(min: [-2, 0, 0], max: [2, 1, 1], mean: [0, 0.1, 0], std: [0.5, 0.2, 1], q01: [-1, 0, 0], q99: [1, 0.5, 1]), new()),
        Metadata = new() { Horizon = 4, Dimensions = 4 },
        ActionSpace = new(
            new() { Period = 360, Reference = ActionReference.State },
            new() { Reference = ActionReference.Previous, StateIndex = 3 },
            new() { Binary = new(-1, 1) },
            new ActionDimension { Encoded = false, Fill = 2.5 }),
    });
}
