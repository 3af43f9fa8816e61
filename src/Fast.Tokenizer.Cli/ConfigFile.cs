using System.Collections.Frozen;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Fast.Tokenizer.Cli.Commands;
using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Cli;

/// <summary>Options of a command in a JSON file: <c>{"horizon": "1s", "vocab_size": 512}</c>.</summary>
/// <remarks>
/// Names are those of the options without dashes, words joined by <c>-</c> or <c>_</c>. What the command line says too is taken from there.
/// Paths are relative to the working folder, as on the command line.
/// </remarks>
/// <param name="Path">The file.</param>
/// <param name="Options">The options that were taken from it.</param>
internal sealed record ConfigFile(string Path, IReadOnlySet<Option> Options)
{
    private const int MaxFileLength = 1 << 20;

    // They say where results go, or how they are made, not what they are.
    private static readonly FrozenSet<string> _withoutEffect =
        FrozenSet.Create(
            StringComparer.Ordinal, CommonOption.ConfigName, "--output", "--json", CommonOption.ThreadsName, CommonOption.MemoryName,
            CommonOption.TemporaryFolderName);

    /// <summary>Puts what a file says into a command line, where the command line names a file.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="parsed">The same, parsed; it may lack what the file says.</param>
    /// <param name="extended">The command line with the options of the file.</param>
    /// <returns>The file; null where none is named.</returns>
    /// <exception cref="ArgumentException">The file names an option that there is not, or gives it a value of another type.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no JSON object.</exception>
    public static ConfigFile? Apply(IReadOnlyList<string> args, ParseResult parsed, out IReadOnlyList<string> extended)
    {
        extended = args;
        Command command = parsed.CommandResult.Command;
        if (command.Options.FirstOrDefault(option => option.Name == CommonOption.ConfigName) is not Option<string?> config
            || parsed.GetResult(config) is not { Tokens: [{ Value: var path }] }
            || parsed.UnmatchedTokens.Count > 0)
        {
            return null;
        }

        Dictionary<string, Option> known = command.Options
            .Where(option => option != config && option is not (HelpOption or VersionOption))
            .ToDictionary(option => option.Name[2..]);
        var given = new HashSet<Option>();
        var taken = new HashSet<Option>();
        List<string> all = [.. args];
        using JsonDocument document = Read(path);
        try
        {
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                string name = property.Name.Replace('_', '-');
                if (!known.TryGetValue(name, out Option? option))
                {
                    throw new ArgumentException(
                        $"{path}: {command.Name} has no option '{property.Name}'{NearestName.Guess(name, known.Keys)}; "
                        + $"it has {string.Join(", ", known.Keys)}");
                }

                if (!given.Add(option)) throw new ArgumentException($"{path} gives {name} twice: give it once");
                string[] values = Values(property.Value, option, $"{path}: {property.Name}");
                bool isSaid = parsed.GetResult(option) is { Implicit: false };
                if (isSaid || values.Length == 0 || (values is [var single] && single == DefaultText(option))) continue;
                all.AddRange(values.Select(value => $"{option.Name}={value}"));
                taken.Add(option);
            }
        }
        catch (InvalidOperationException problem)
        {
            // A name or a text that is none, such as half of a surrogate pair.
            throw new InvalidDataException($"{path}: {JsonProblem.Describe(problem)}", problem);
        }

        extended = all;
        return new ConfigFile(path, taken);
    }

    /// <summary>Everything that a command line says, as <see cref="Apply"/> takes it: defaults too, not where results go.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="unused">Options that the command did without.</param>
    /// <returns>A JSON object in UTF-8, with a line per option.</returns>
    public static byte[] Resolved(ParseResult parsed, params IReadOnlyCollection<Option> unused)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            foreach (Option option in parsed.CommandResult.Command.Options)
            {
                if (option is HelpOption or VersionOption || _withoutEffect.Contains(option.Name) || unused.Contains(option)) continue;
                string[] values = parsed.GetResult(option) is { Implicit: false } result
                    ? [.. result.Tokens.Select(token => token.Value)]
                    : DefaultText(option) is { } text ? [text] : [];
                bool isFlag = option.ValueType == typeof(bool) && parsed.GetResult(option) is { Implicit: false };
                if (isFlag && values.Length == 0) values = ["true"];
                if (values.Length == 0) continue;
                json.WritePropertyName(option.Name[2..]);
                Write(json, option, values);
            }

            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    /// <summary>Whether an error of the parser is about a value of this file.</summary>
    public bool IsOf(ParseError error) => error.SymbolResult is OptionResult result && Options.Contains(result.Option);

    private static JsonDocument Read(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"{CommonOption.ConfigName} {path}: no such file", path);
        if (new FileInfo(path).Length > MaxFileLength)
            throw new InvalidDataException($"{CommonOption.ConfigName} {path} is larger than any configuration");
        try
        {
            JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions
            {
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
                MaxDepth = 8,
            });
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            throw new InvalidDataException($"{path} is no JSON object of options, such as {{\"horizon\": \"1s\"}}");
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"{path}: {JsonProblem.Describe(problem)}", problem);
        }
    }

    // The texts that stand for a value on the command line; none for null, which leaves the option out.
    private static string[] Values(JsonElement value, Option option, string place)
    {
        if (value.ValueKind == JsonValueKind.Null) return [];
        (string wanted, bool isFine) = KindOf(option) switch
        {
            ValueKind.Flag => ("true or false", value.ValueKind is JsonValueKind.True or JsonValueKind.False),
            ValueKind.Integer => (
                "a whole number",
                value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal number) && decimal.IsInteger(number)),
            ValueKind.Number => ("a number", value.ValueKind == JsonValueKind.Number),
            ValueKind.Texts => ("a text, or an array of texts", IsText(value) || IsArray(value, IsText)),
            ValueKind.List => ("a number, a text such as \"1,2\", or an array of these", IsEntry(value) || IsArray(value, IsEntry)),
            _ => ("a text", IsText(value)),
        };
        if (!isFine) throw new ArgumentException($"{place} is {Shown(value)}: give {wanted}");

        if (value.ValueKind != JsonValueKind.Array) return [TextOf(value)];
        string[] entries = [.. value.EnumerateArray().Select(TextOf)];
        return KindOf(option) == ValueKind.List ? [string.Join(',', entries)] : entries;

        static bool IsText(JsonElement element) => element.ValueKind == JsonValueKind.String && element.GetString()!.Length > 0;
        static bool IsEntry(JsonElement element) => element.ValueKind == JsonValueKind.Number || IsText(element);
        static bool IsArray(JsonElement element, Func<JsonElement, bool> isFine) =>
            element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0 && element.EnumerateArray().All(isFine);
    }

    private static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static string Shown(JsonElement value) =>
        value.GetRawText() is { Length: <= 40 } text ? text : $"{value.GetRawText()[..40]}...";

    private static void Write(Utf8JsonWriter json, Option option, string[] values)
    {
        ValueKind kind = KindOf(option);
        if (kind == ValueKind.Texts)
        {
            json.WriteStartArray();
            foreach (string value in values) json.WriteStringValue(value);
            json.WriteEndArray();
        }
        else if (kind == ValueKind.Flag) json.WriteBooleanValue(bool.Parse(values[0]));
        else if (kind == ValueKind.Integer) json.WriteNumberValue(decimal.Parse(values[0], NumberStyles.Any, CultureInfo.InvariantCulture));
        else if (kind == ValueKind.Number) json.WriteNumberValue(double.Parse(values[0], CultureInfo.InvariantCulture));
        else json.WriteStringValue(values[0]);
    }

    private static string? DefaultText(Option option) => option.ValueType == typeof(bool)
        ? "false"
        : option.HasDefaultValue && option.ValueType != typeof(string[])
            ? Convert.ToString(option.GetDefaultValue(), CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null
            : null;

    private static ValueKind KindOf(Option option)
    {
        Type type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        if (type == typeof(bool)) return ValueKind.Flag;
        if (type == typeof(int) || type == typeof(long) || type == typeof(ulong)) return ValueKind.Integer;
        if (type == typeof(double)) return ValueKind.Number;
        if (type == typeof(string[])) return ValueKind.Texts;
        return type == typeof(HorizonLength) || option.HelpName is "LIST" or "X" ? ValueKind.List : ValueKind.Text;
    }

    private enum ValueKind
    {
        Text,
        Texts,
        List,
        Number,
        Integer,
        Flag,
    }
}
