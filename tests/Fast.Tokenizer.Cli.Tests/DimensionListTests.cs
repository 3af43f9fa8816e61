namespace Fast.Tokenizer.Cli.Tests;

public sealed class DimensionListTests
{
    private static readonly string[] _names = ["x", "y", "z", "7", "a:b"];

    [Theory]
    [InlineData("0", new[] { 0 })]
    [InlineData("0:6,7", new[] { 0, 1, 2, 3, 4, 5, 7 })]
    [InlineData(":3", new[] { 0, 1, 2 })]
    [InlineData("3, 1 ,2", new[] { 3, 1, 2 })]
    [InlineData("z,0:2", new[] { 2, 0, 1 })]
    [InlineData("7", new[] { 7 })]
    [InlineData("a:b", new[] { 4 })]
    public void Indices_slices_and_names_are_read(string text, int[] expected) =>
        Assert.Equal(expected, DimensionList.Parse(text, _names, "--dims"));

    [Theory]
    [InlineData("")]
    [InlineData("1,")]
    [InlineData("3:")]
    [InlineData(":")]
    [InlineData("3:1")]
    [InlineData("1:2:3")]
    [InlineData("-1")]
    [InlineData("w")]
    [InlineData("99999999999")]
    public void Everything_else_is_refused(string text) =>
        Assert.StartsWith(
            "--dims",
            Assert.Throws<ArgumentException>(() => DimensionList.Parse(text, _names, "--dims")).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("griper", "gripper")]
    [InlineData("wrist_rol", "wrist_roll")]
    [InlineData("GRIPPER_L", "gripper")]
    [InlineData("e", "x")]
    public void The_nearest_name_is_offered(string entry, string nearest) =>
        Assert.EndsWith(
            $"names (the recording has x, wrist_roll, wrist_yaw, gripper); did you mean '{nearest}'?",
            Assert.Throws<ArgumentException>(
                () => DimensionList.Parse(entry, ["x", "wrist_roll", "wrist_yaw", "gripper"], "--dims")).Message,
            StringComparison.Ordinal);
}
