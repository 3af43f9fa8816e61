namespace Fast.Tokenizer.Cli.Tests;

[Collection(nameof(WorkingDirectory))]
public sealed class NamedDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("aloha=a.npz", "aloha", "a.npz")]
    [InlineData("aloha=a.npz,b.npz", "aloha", "a.npz|b.npz")]
    [InlineData("g1_v2.1-left=day*/x.npz,/data/e", "g1_v2.1-left", "day*/x.npz|/data/e")]
    [InlineData("a=b=c.npz", "a", "b=c.npz")]
    [InlineData("a=./b=c.npz,d=e", "a", "./b=c.npz|d=e")]
    public void A_name_stands_before_the_first_equals_sign_and_paths_between_commas(string text, string name, string paths)
    {
        NamedData data = Assert.Single(NamedData.Parse([text], "--data"));

        Assert.Equal(name, data.Name);
        Assert.Equal(paths.Split('|'), data.Paths);
    }

    [Theory]
    [InlineData("a.npz")]
    [InlineData("./a=b.npz")]
    [InlineData("/data/a=b.npz")]
    [InlineData("C:\\a=b.npz")]
    [InlineData("day */a=b.npz")]
    [InlineData("=b.npz")]
    [InlineData("day*=b")]
    public void What_is_no_name_before_an_equals_sign_makes_a_path(string text) => Assert.Empty(NamedData.Parse([text, "b.npz"], "--data"));

    [Fact]
    public void What_is_there_as_it_stands_is_a_path_and_is_not_divided()
    {
        string plain = _folder.Write("a=b.npz", ""), comma = _folder.Write("c,d.npz", "");
        string before = Directory.GetCurrentDirectory();
        try
        {
            Directory.SetCurrentDirectory(_folder.FullPath);
            Assert.Empty(NamedData.Parse(["a=b.npz"], "--data"));
            Assert.Equal(["c,d.npz"], Assert.Single(NamedData.Parse(["x=c,d.npz"], "--data")).Paths);
            Assert.Equal(["a=b.npz"], Assert.Single(NamedData.Parse(["x=a=b.npz"], "--data")).Paths);
            Assert.Equal(["c", "d.npz", "e"], Assert.Single(NamedData.Parse(["x=c,d.npz,e"], "--data")).Paths);
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }

        Assert.Empty(NamedData.Parse([plain, comma], "--data"));
    }

    [Theory]
    [InlineData("has no name", "a=x", "y.npz")]
    [InlineData("has no name", "y.npz", "a=x")]
    [InlineData("names 'a' twice", "a=x", "a=y")]
    [InlineData("a path is missing", "a=")]
    [InlineData("a path is missing", "a=x,,y")]
    [InlineData("a path is missing", "a=x,")]
    public void Names_are_for_all_or_for_none_and_each_for_one(string says, params string[] values) =>
        Assert.Contains(says, Assert.Throws<ArgumentException>(() => NamedData.Parse(values, "--data")).Message, StringComparison.Ordinal);
}
