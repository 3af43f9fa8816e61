using Fast.Tokenizer.Tests;

namespace Fast.Tokenizer.Cli.Tests.Documentation;

/// <summary>The README's figure shows what the library computes.</summary>
public sealed class FigureOfFastTests
{
    /// <summary>Set to 1 to write the figure anew.</summary>
    private const string UpdateVariable = "FAST_TOKENIZER_UPDATE_FIGURE";

    private static readonly string _path = Path.Combine(TestData.RepositoryRoot(), ".github", "how-fast-works.svg");

    [Fact]
    public async Task The_committed_figure_is_what_is_drawn()
    {
        string drawn = await FigureOfFast.DrawAsync();
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
            await File.WriteAllTextAsync(_path, drawn, TestContext.Current.CancellationToken);
        string committed = (await File.ReadAllTextAsync(_path, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n");
        Assert.True(committed == drawn.ReplaceLineEndings("\n"), $"{_path} is another figure: {UpdateVariable}=1 writes it anew");
    }
}
