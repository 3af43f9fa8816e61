namespace Fast.Tokenizer.Cli.Report;

/// <summary>A drawing with its title and a sentence on how to read it.</summary>
internal static class ReportFigure
{
    private static readonly HtmlTemplate _narrow = HtmlTemplate.Load("figure.html");
    private static readonly HtmlTemplate _wide = HtmlTemplate.Load("wide-figure.html");

    /// <summary>A figure that stands beside others where there is room.</summary>
    /// <param name="name">Its name in the page.</param>
    /// <param name="title">Its title.</param>
    /// <param name="text">How to read it.</param>
    /// <param name="drawing">The drawing.</param>
    public static Html Narrow(string name, string title, string text, Html drawing) => Fill(_narrow, name, title, Html.Of(text), drawing);

    /// <summary>The same, with markup for the text.</summary>
    public static Html Narrow(string name, string title, Html text, Html drawing) => Fill(_narrow, name, title, text, drawing);

    /// <summary>A figure as wide as the page, which scrolls inside its box where the page is narrow.</summary>
    public static Html Wide(string name, string title, string text, Html drawing) => Fill(_wide, name, title, Html.Of(text), drawing);

    private static Html Fill(HtmlTemplate template, string name, string title, Html text, Html drawing) => template.Fill(
        ("name", Html.Of(name)), ("title", Html.Of(title)), ("text", text), ("drawing", drawing));
}
