using System.Text;

namespace Fast.Tokenizer.Cli.Report;

/// <summary>A part of the page with places, written <c>{{name}}</c>, that are filled in.</summary>
internal sealed class HtmlTemplate
{
    private const string Opening = "{{";
    private const string Closing = "}}";

    // Markup at even places, names at odd ones.
    private readonly string[] _parts;

    private HtmlTemplate(string text)
    {
        var parts = new List<string>();
        int from = 0;
        while (text.IndexOf(Opening, from, StringComparison.Ordinal) is >= 0 and var open)
        {
            int close = text.IndexOf(Closing, open, StringComparison.Ordinal);
            parts.Add(text[from..open]);
            parts.Add(text[(open + Opening.Length)..close]);
            from = close + Closing.Length;
        }

        parts.Add(text[from..]);
        _parts = [.. parts];
    }

    /// <summary>Reads a template that is part of the tool.</summary>
    /// <param name="name">Name of the file in <c>Report/Templates</c>, such as <c>page.html</c>.</param>
    public static HtmlTemplate Load(string name) => new(Read(name));

    /// <summary>Reads a file that is part of the tool; lines end alike whatever the checkout made of them.</summary>
    public static string Read(string name)
    {
        using Stream stream = typeof(HtmlTemplate).Assembly.GetManifestResourceStream($"Report/{name}")
            ?? throw new InvalidOperationException($"the tool was built without {name}");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    /// <summary>Fills in every place; what is filled in is not looked at for places.</summary>
    /// <exception cref="ArgumentException">A place has no value.</exception>
    public Html Fill(params ReadOnlySpan<(string Name, Html Value)> values)
    {
        var filled = new StringBuilder();
        for (int i = 0; i < _parts.Length; i++) filled.Append(i % 2 == 0 ? _parts[i] : ValueOf(_parts[i], values).Markup);
        return new Html(filled.ToString());
    }

    private static Html ValueOf(string name, ReadOnlySpan<(string Name, Html Value)> values)
    {
        foreach ((string given, Html value) in values)
        {
            if (given == name) return value;
        }

        throw new ArgumentException($"the template has a place for '{name}', which has no value", nameof(values));
    }
}
