using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Tests.Normalization;

namespace Fast.Tokenizer.Tests.Actions;

/// <summary>Robots that share one vocabulary.</summary>
public sealed class EmbodimentTests
{
    [Fact]
    public void Each_robot_has_its_own_statistics_dimensions_and_space()
    {
        FastTokenizerDefinition shared = Shared();
        var tokenizer = new FastActionTokenizer(shared);
        foreach ((string name, Embodiment embodiment) in shared.Embodiments)
        {
            var alone = new FastActionTokenizer(shared with
            {
                Embodiments = new Dictionary<string, Embodiment>(),
                Normalizer = embodiment.Normalizer,
                Metadata = embodiment.Metadata,
                ActionSpace = embodiment.ActionSpace,
            });
            var shape = new ActionShape(15, embodiment.Metadata.Dimensions!.Value);
            double[] actions = SampleTokenizers.Motion(new(4), shape);
            Assert.Equal(alone.Encode(actions, shape), tokenizer.For(name).Encode(actions, shape));
            Assert.Same(tokenizer.For(name), tokenizer.For(name));
            Assert.Same(shared.Vocabulary, tokenizer.For(name).Definition.Vocabulary);
            Assert.Empty(tokenizer.For(name).Definition.Embodiments);
        }
    }

    [Fact]
    public void An_unknown_robot_is_answered_with_those_that_there_are()
    {
        var tokenizer = new FastActionTokenizer(Shared());
        Refusal.Says<ArgumentException>("no embodiment 'Arm'; it has arm, hand", () => tokenizer.For("Arm"));
        Refusal.Says<ArgumentException>("it is of one robot only", () => tokenizer.For("arm").For("hand"));
    }

    [Fact]
    public void Nobody_is_encoded_with_no_statistics_by_mistake()
    {
        var tokenizer = new FastActionTokenizer(Shared());
        Refusal.Says<InvalidOperationException>("the statistics of arm, hand: choose one", () => tokenizer.Encode(new double[4], new(2, 2)));
        Refusal.Says<InvalidOperationException>("the statistics of arm, hand: choose one", () =>
            tokenizer.TryDecode([], new(2, 2), new double[4]));
    }

    [Fact]
    public void A_robot_whose_parts_do_not_fit_is_named()
    {
        void Refused(string text, string name, Embodiment embodiment) => Refusal.Says<ArgumentException>(text, () =>
            new FastActionTokenizer(Shared() with { Embodiments = new Dictionary<string, Embodiment> { [name] = embodiment } }));

        Refused("embodiment 'arm': the action space is of 1 dimensions", "arm", new() { ActionSpace = new(new ActionDimension()), Metadata = new() { Dimensions = 2 } });
        Refused("embodiment has no name", " ", new());
        Refused("nothing for embodiment 'arm'", "arm", null!);
    }

    internal static FastTokenizerDefinition Shared() => SampleTokenizers.Definition(merges: 50) with
    {
        Embodiments = new Dictionary<string, Embodiment>
        {
            ["hand"] = new()
            {
                Normalizer = new(SampleTokenizers.Statistics(5), new() { Clip = true }),
                Metadata = new() { Horizon = 15, Dimensions = 5, Rate = 30 },
            },
            ["arm"] = new()
            {
                Normalizer = new(SampleTokenizers.Statistics(2), new()),
                Metadata = new() { Dimensions = 3, DimensionNames = ["x", "pad", "grip"] },
                ActionSpace = new(new() { Period = 360 }, new() { Encoded = false, Fill = null }, new ActionDimension { Binary = new() }),
            },
        },
    };
}
