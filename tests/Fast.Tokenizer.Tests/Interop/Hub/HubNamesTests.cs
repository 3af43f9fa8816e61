using Fast.Tokenizer.Interop.Hub;

namespace Fast.Tokenizer.Tests.Interop.Hub;

public sealed class HubNamesTests
{
    [Theory]
    [InlineData("physical-intelligence/fast")]
    [InlineData("fast")]
    [InlineData("Foo-BAR_foo.bar123")]
    [InlineData("a/b")]
    [InlineData("_a/_b")]
    public void Names_that_the_Hub_knows_are_fine(string name) => Assert.True(HubNames.IsRepository(name));

    [Theory]
    [InlineData("")]
    [InlineData("a/b/c")]
    [InlineData("/a/b")]
    [InlineData("a/")]
    [InlineData("../b")]
    [InlineData("a/..")]
    [InlineData("a..b/c")]
    [InlineData("a--b/c")]
    [InlineData(".a/b")]
    [InlineData("a/-b")]
    [InlineData("a/b.")]
    [InlineData("a/b.git")]
    [InlineData("a\\b")]
    [InlineData("a b/c")]
    [InlineData("a/b?x")]
    [InlineData("a/b\n")]
    [InlineData("caf\u00e9/fast")]
    [InlineData("https://host/a")]
    public async Task Names_that_it_cannot_know_are_refused_before_any_request(string name)
    {
        Assert.False(HubNames.IsRepository(name));
        await using FakeHub hub = await FakeHub.StartAsync();
        using var client = new HubClient(hub.Options());
        ArgumentException problem = await Assert.ThrowsAsync<ArgumentException>(
            () => client.DownloadAsync(name, null, TestContext.Current.CancellationToken));
        Assert.Contains($"'{name}' is not the name of a repository", problem.Message, StringComparison.Ordinal);
        Assert.Empty(hub.Requests);
    }

    [Fact]
    public void A_name_of_97_characters_is_too_long()
    {
        Assert.True(HubNames.IsRepository("a/" + new string('b', 96)));
        Assert.False(HubNames.IsRepository("a/" + new string('b', 97)));
    }

    [Theory]
    [InlineData("main")]
    [InlineData("v1.0")]
    [InlineData("refs/pr/1")]
    [InlineData("feature/a#1+b@2")]
    [InlineData("ec4d7aa71691cac0b8bed6942be45684db2110f4")]
    public void Branches_tags_and_commits_are_fine(string revision) => Assert.True(HubNames.IsRevision(revision));

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("/main")]
    [InlineData("main/")]
    [InlineData("a//b")]
    [InlineData("C:main")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a\u0000b")]
    [InlineData("main\n")]
    [InlineData(".hidden")]
    [InlineData("a/.hidden")]
    [InlineData("a.lock")]
    [InlineData("-option")]
    [InlineData("a?b")]
    public void Other_revisions_are_refused(string revision)
    {
        ArgumentException problem = Assert.Throws<ArgumentException>(
            () => new HubClient(new HubOptions { Revision = revision, ReadVariable = _ => null }));
        Assert.Contains($"the revision '{revision}'", problem.Message, StringComparison.Ordinal);
    }
}
