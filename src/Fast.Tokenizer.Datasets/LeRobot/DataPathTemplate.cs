using System.Globalization;
using System.Text;
using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Datasets.LeRobot;

/// <summary>A path below the data set's folder with numbers to fill in, such as <c>data/chunk-{episode_chunk:03d}/...</c>.</summary>
internal sealed class DataPathTemplate
{
    /// <summary>Where version 2 keeps an episode.</summary>
    public const string Version2 = "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet";

    /// <summary>Where version 3 keeps episodes.</summary>
    public const string Version3 = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet";

    private const int MaxLength = 1024, MaxDigits = 19;

    private static readonly string[] _fields = ["episode_chunk", "episode_index", "chunk_index", "file_index"];

    // A text, then a field and its digits, or none at the end.
    private readonly List<(string Text, string? Field, int Digits)> _parts = [];

    /// <summary>Reads a template in the notation of Python's <c>str.format</c>.</summary>
    /// <exception cref="InvalidDataException">It has a field that there is not, or leads out of the folder.</exception>
    public DataPathTemplate(string template)
    {
        if (template.Length is 0 or > MaxLength) throw Wrong(template, $"has {template.Length} characters; expected 1 to {MaxLength}");
        int start = 0;
        while (start < template.Length)
        {
            int open = template.IndexOf('{', start);
            string text = open < 0 ? template[start..] : template[start..open];
            if (text.Contains('}')) throw Wrong(template, "has a '}' without '{'");
            if (open < 0)
            {
                _parts.Add((text, null, 0));
                break;
            }

            int close = template.IndexOf('}', open);
            if (close < 0) throw Wrong(template, "has a '{' without '}'");
            (string field, int digits) = Field(template, template[(open + 1)..close]);
            _parts.Add((text, field, digits));
            start = close + 1;
        }

        // A number cannot turn a path that stays inside into one that does not.
        string path = Format(_ => 0);
        if (path[0] == '/' || path.AsSpan().ContainsAny('\\', ':', '\0') || path.Split('/').Any(part => part is ".." or "." or ""))
            throw Wrong(template, "must lead to a file below the data set's folder");
    }

    /// <summary>The relative path for these numbers.</summary>
    public string Format(Func<string, long> valueOf)
    {
        var path = new StringBuilder();
        foreach ((string text, string? field, int digits) in _parts)
        {
            path.Append(text);
            if (field is not null) path.Append(valueOf(field).ToString($"D{digits}", CultureInfo.InvariantCulture));
        }

        return path.ToString();
    }

    private static (string Field, int Digits) Field(string template, string field)
    {
        string[] parts = field.Split(':');
        if (!_fields.Contains(parts[0]))
            throw Wrong(template, $"has the field '{ForeignText.Shown(parts[0])}'; the fields are {string.Join(", ", _fields)}");
        if (parts.Length == 1) return (parts[0], 1);
        string width = parts[1].EndsWith('d') ? parts[1][..^1] : parts[1];
        if (width.Length == 0) return (parts[0], 1);
        if (parts.Length > 2 || !int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out int digits) || digits > MaxDigits)
            throw Wrong(template, $"has '{ForeignText.Shown(field)}'; expected a number of digits such as :03d");
        return (parts[0], digits);
    }

    private static InvalidDataException Wrong(string template, string what) =>
        new($"'data_path' {what}: '{ForeignText.Shown(template, template.Length > MaxLength ? 80 : MaxLength)}'");
}
