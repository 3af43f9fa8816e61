using System.Text.Encodings.Web;
using System.Xml;
using System.Xml.Linq;

namespace Fast.Tokenizer.Cli.Report;

/// <summary>Markup that is safe to put into the page. Text becomes markup here and nowhere else, so that none gets in unescaped.</summary>
/// <param name="Markup">The markup.</param>
internal readonly record struct Html(string Markup)
{
    /// <summary>Nothing.</summary>
    public static Html Empty { get; } = new("");

    /// <summary>Text of any origin.</summary>
    public static Html Of(string text) => new(HtmlEncoder.Default.Encode(text));

    /// <summary>A drawing. Its elements are foreign ones to HTML, where XML's short form of an empty element is allowed.</summary>
    public static Html Of(XElement svg) => new(svg.ToString(SaveOptions.DisableFormatting));

    /// <summary>One after the other, a line each.</summary>
    public static Html Join(IEnumerable<Html> parts) => new(string.Join('\n', parts.Select(part => part.Markup)));

    /// <summary>Text of any origin as XML can hold it: what it cannot hold is replaced.</summary>
    public static string XmlText(string text)
    {
        if (text.All(XmlConvert.IsXmlChar)) return text;
        var characters = new char[text.Length];
        for (int i = 0; i < text.Length; i++)
        {
            bool isPair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (isPair) (characters[i], characters[i + 1]) = (text[i], text[++i]);
            else characters[i] = XmlConvert.IsXmlChar(text[i]) ? text[i] : '\uFFFD';
        }

        return new string(characters);
    }
}
