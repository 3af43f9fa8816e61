using System.Text;

namespace Fast.Tokenizer.Cli.Report;

/// <summary>A table that scrolls inside its own box where it is wider than the page.</summary>
internal static class HtmlTable
{
    private static readonly HtmlTemplate _template = HtmlTemplate.Load("table.html");

    /// <summary>Makes a table.</summary>
    /// <param name="caption">What it lists.</param>
    /// <param name="columns">Headings; those of numbers stand to the right.</param>
    /// <param name="rows">Texts of any origin, one per column; the first of a row names it.</param>
    public static Html Of(string caption, IReadOnlyList<(string Heading, bool IsNumber)> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var head = new StringBuilder();
        foreach ((string heading, bool isNumber) in columns)
            head.Append("<th scope=\"col\"").Append(Class(isNumber)).Append('>').Append(Escaped(heading)).Append("</th>");
        var body = new StringBuilder();
        foreach (IReadOnlyList<string> row in rows)
        {
            body.Append("<tr>");
            for (int i = 0; i < columns.Count; i++)
            {
                (string open, string close) = i == 0 ? ("<th scope=\"row\"", "</th>") : ("<td", "</td>");
                body.Append(open).Append(Class(columns[i].IsNumber)).Append('>').Append(Escaped(row[i])).Append(close);
            }

            body.Append("</tr>\n");
        }

        return _template.Fill(("caption", Html.Of(caption)), ("head", new Html(head.ToString())), ("body", new Html(body.ToString())));
    }

    private static string Class(bool isNumber) => isNumber ? " class=\"number\"" : "";

    private static string Escaped(string text) => Html.Of(text).Markup;
}
