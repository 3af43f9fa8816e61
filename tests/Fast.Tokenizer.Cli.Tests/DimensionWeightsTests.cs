using System.Text.Json;
using Fast.Tokenizer.Tests;

namespace Fast.Tokenizer.Cli.Tests;

public sealed class DimensionWeightsTests : IDisposable
{
    private static readonly string[] _names = ["x", "y", "wrist_roll", "gripper", "a=b"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1,1,1,0.5", new[] { 1, 1, 1, 0.5 })]
    [InlineData(" 2 , 0.5,1e-1,3", new[] { 2, 0.5, 0.1, 3 })]
    [InlineData("gripper=0.5,wrist_roll=2", new[] { 1, 1, 2, 0.5 })]
    [InlineData("gripper = 0.5 , 0 = 3", new[] { 3, 1, 1, 0.5 })]
    [InlineData("0:2=2", new[] { 2, 2, 1, 1.0 })]
    [InlineData("3=0.25", new[] { 1, 1, 1, 0.25 })]
    public void Weights_are_read_by_place_index_slice_and_name(string text, double[] expected) =>
        Assert.Equal(expected, DimensionWeights.Parse(text, [0, 1, 2, 3], _names, "--weights"));

    [Fact]
    public void They_belong_to_encoded_dimensions_in_their_order()
    {
        Assert.Equal([0.5, 1, 2], DimensionWeights.Parse("x=2,gripper=0.5", [3, 1, 0], _names, "--weights"));
        Assert.Equal([7, 8, 9], DimensionWeights.Parse("7,8,9", [3, 1, 0], _names, "--weights"));
        Assert.Equal([4], DimensionWeights.Parse("a=b=4", [4], _names, "--weights"));
        Assert.Equal([1, 4], DimensionWeights.Parse("1=4", [0, 1], null, "--weights"));
    }

    [Theory]
    [InlineData("1,1", "--weights 1,1: 2 weights for 4 dimensions")]
    [InlineData("", "1 weights for 4 dimensions")]
    [InlineData("1,1,1,1,1", "5 weights for 4 dimensions")]
    [InlineData("1,1,0,1", "'0' is no weight; give a number above 0")]
    [InlineData("1,1,,1", "'' is no weight")]
    [InlineData("1,-1,1,1", "'-1' is no weight")]
    [InlineData("gripper=NaN", "'NaN' is no weight")]
    [InlineData("gripper=Infinity", "'Infinity' is no weight")]
    [InlineData("gripper=1e999", "'1e999' is no weight")]
    [InlineData("gripper=", "'' is no weight")]
    [InlineData("gripper=half", "'half' is no weight")]
    [InlineData("gripper=0.5,2", "'2' has no weight; give name=weight for each, or numbers alone")]
    [InlineData("griper=0.5", "'griper' is no dimension; give indices such as 0:6,7 or names (the recording has x, y, wrist_roll, gripper, "
        + "a=b); did you mean 'gripper'?")]
    [InlineData("gripper=1,3=2", "names dimension 3 twice")]
    [InlineData("a=b=2", "4 is not encoded; only 0,1,2,3")]
    [InlineData("0:9=2", "4 is not encoded")]
    [InlineData("=2", "'' is no dimension")]
    public void Everything_else_is_refused_with_what_is_wrong(string text, string says)
    {
        string message = Assert.Throws<ArgumentException>(() => DimensionWeights.Parse(text, [0, 1, 2, 3], _names, "--weights")).Message;
        Assert.StartsWith("--weights", message, StringComparison.Ordinal);
        Assert.Contains(says, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task They_reach_the_tokenizer_and_inspect_shows_them()
    {
        ToolRun run = await ToolRun.Of(
            "train", "--data", TestData.Locate("actions", "bridge.npz"), "--horizon", "5", "--dims", "0:3,gripper", "--weights",
            "gripper=0.25,x=2", "--unnormalized-dims", "gripper", "--output", _folder["t"]);
        run.Succeeds();
        Assert.Equal([2, 1, 1, 0.25], FastActionTokenizer.Load(_folder["t"]).Definition.Normalizer!.Options.Weights!);

        using JsonDocument json = JsonDocument.Parse((await ToolRun.Of("inspect", _folder["t"], "--json")).Succeeds().Output);
        Assert.Equal(
            [2, 1, 1, 0.25],
            json.RootElement.GetProperty("dimensions").EnumerateArray().Select(row => row.GetProperty("weight").GetDouble()));
        string[] lines = (await ToolRun.Of("inspect", _folder["t"])).Succeeds().Output.Split('\n');
        Assert.Contains(lines, line => line.Contains("half range   weight", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.TrimStart().StartsWith("gripper", StringComparison.Ordinal)
            && line.Contains("0.25   left as it is", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("griper=0.5", "exact", "did you mean 'gripper'?")]
    [InlineData("1,1", "exact", "--weights 1,1: 2 weights for 7 dimensions")]
    [InlineData("gripper=0.5", "lerobot", "LeRobot clips dimension 6")]
    [InlineData("gripper=1e9", "exact", "with a weight of 1000000000 a normalised unit of dimension 6")]
    public async Task A_mistake_is_one_line_and_nothing_is_written(string weights, string formula, string says)
    {
        string data = TestData.Locate("actions", "bridge.npz");
        (await ToolRun.Of(
            "train", "--data", data, "--horizon", "5", "--weights", weights, "--formula", formula, "--output", _folder["t"]))
            .Fails(ExitCode.WrongUsage, says);
        Assert.Empty(_folder.Entries());
    }
}
