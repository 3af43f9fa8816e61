using System.Text;
using System.Text.Json;

namespace Fast.Tokenizer.Interop;

/// <summary>Parses the statistics of one feature out of JSON, and names file, feature, field and dimension of whatever is wrong.</summary>
/// <remarks>
/// Layout: <c>{feature: {field: [numbers]}}</c>, as a whole or under one more name. Numbers may stand in nested lists as long as only one
/// axis is longer than 1. Fields that are null or not known are passed over.
/// </remarks>
internal ref struct StatisticsParser
{
    private const int MaxDepth = 16;
    private const int MaxValues = 1 << 16;
    private const int MaxNames = 1 << 16;
    private const int MaxNamesShown = 20;

    private static readonly HashSet<string> _fields = ["min", "max", "mean", "std", "q01", "q10", "q50", "q90", "q99", "count"];

    private readonly ReadOnlySpan<byte> _utf8;
    private readonly string _file;
    private readonly string _wrapper;
    private readonly string _key;
    private Utf8JsonReader _json;
    private string? _place;
    private int _dimension;

    private StatisticsParser(ReadOnlySpan<byte> utf8, string file, string wrapper, string key)
    {
        // A byte order mark is not JSON, yet editors on some systems write it.
        _utf8 = utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[Encoding.UTF8.Preamble.Length..] : utf8;
        _json = new Utf8JsonReader(_utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        (_file, _wrapper, _key, _dimension) = (file, wrapper, key, -1);
    }

    /// <summary>Parses one JSON text.</summary>
    /// <param name="utf8">The text; the caller bounds its length.</param>
    /// <param name="file">What to call it in messages.</param>
    /// <param name="wrapper">The name the features may stand under.</param>
    /// <param name="key">The feature to return.</param>
    /// <returns>Its fields, flat, and the names of the features that are there; the fields are null where the feature is not.</returns>
    /// <exception cref="InvalidDataException">The text is not JSON of that layout, holds something other than finite numbers, or a name
    /// twice.</exception>
    public static (Dictionary<string, double[]>? Fields, List<string> Features) Parse(
        ReadOnlySpan<byte> utf8, string file, string wrapper, string key)
    {
        var parser = new StatisticsParser(utf8, file, wrapper, key);
        try
        {
            parser.Next();
            parser.Require(JsonTokenType.StartObject, "an object of features");
            var result = parser.ReadFeatures(mayBeWrapped: true);
            while (parser._json.Read())
            {
            }

            return result;
        }
        catch (JsonException problem) when (parser.NotANumber() is { } value)
        {
            throw parser.Bad($"is {value}, expected a finite number", problem);
        }
        catch (Exception problem) when (JsonProblem.Is(problem))
        {
            throw parser.Bad(JsonProblem.Describe(problem), problem);
        }
    }

    /// <summary>The error of a feature that is not there; names those that are.</summary>
    public static InvalidDataException Missing(string file, string key, List<string> features)
    {
        string names = string.Join(", ", features.Take(MaxNamesShown).Select(name => ForeignText.Shown(name)));
        string more = features.Count > MaxNamesShown ? $" and {features.Count - MaxNamesShown} more" : "";
        return new InvalidDataException(
            $"{file} has no statistics of '{ForeignText.Shown(key)}'; it has {(names.Length > 0 ? names + more : "none")}");
    }

    private (Dictionary<string, double[]>? Fields, List<string> Features) ReadFeatures(bool mayBeWrapped)
    {
        Dictionary<string, double[]>? found = null;
        (Dictionary<string, double[]>? Fields, List<string> Features)? wrapped = null;
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (NextName(names) is { } name)
        {
            _place = $"'{ForeignText.Shown(name)}'";
            Next();
            if (mayBeWrapped && name == _wrapper)
            {
                Require(JsonTokenType.StartObject, "an object of features");
                _place = null;
                wrapped = ReadFeatures(mayBeWrapped: false);
            }
            else if (name == _key)
            {
                found = ReadFields();
            }
            else
            {
                _json.Skip();
            }

            _place = null;
        }

        return wrapped ?? (found, [.. names]);
    }

    private Dictionary<string, double[]> ReadFields()
    {
        string feature = $"'{ForeignText.Shown(_key)}'";
        Require(JsonTokenType.StartObject, "an object of fields");
        var fields = new Dictionary<string, double[]>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (NextName(names) is { } name)
        {
            _place = $"{ForeignText.Shown(name)} of {feature}";
            Next();
            if (_json.TokenType == JsonTokenType.Null) continue;
            if (_fields.Contains(name)) fields.Add(name, ReadValues());
            else _json.Skip();
            _place = feature;
        }

        return fields;
    }

    private double[] ReadValues()
    {
        Require(JsonTokenType.StartArray, "a list of numbers");
        int outer = _json.CurrentDepth, numbersAt = -1;
        Span<int> lengths = stackalloc int[MaxDepth + 1], longest = stackalloc int[MaxDepth + 1];
        lengths.Clear();
        longest.Clear();
        var values = new List<double>();
        do
        {
            _dimension = values.Count;
            Next();
            int level = _json.CurrentDepth - outer - 1;
            switch (_json.TokenType)
            {
                case JsonTokenType.StartArray:
                    lengths[level]++;
                    lengths[level + 1] = 0;
                    break;
                case JsonTokenType.EndArray:
                    longest[level + 1] = Math.Max(longest[level + 1], lengths[level + 1]);
                    break;
                default:
                    Require(JsonTokenType.Number, "a number");
                    if (numbersAt < 0) numbersAt = level;
                    if (level != numbersAt) throw Bad("stands deeper or less deep than the values before it");
                    lengths[level]++;
                    values.Add(_json.GetDouble());
                    if (!double.IsFinite(values[^1])) throw Bad("is too large for a number, expected a finite one");
                    if (values.Count > MaxValues) throw Bad($"is one too many: at most {MaxValues} dimensions are read");
                    break;
            }
        }
        while (_json.TokenType != JsonTokenType.EndArray || _json.CurrentDepth > outer);

        _dimension = -1;
        int axes = 0;
        long product = 1;
        for (int level = 0; level <= numbersAt; level++)
        {
            product *= longest[level];
            if (longest[level] > 1) axes++;
        }

        if (values.Count > 0 && (axes > 1 || product != values.Count))
            throw Bad("is not one list: expected one value per action dimension");
        return [.. values];
    }

    private string? NextName(HashSet<string> names)
    {
        Next();
        if (_json.TokenType == JsonTokenType.EndObject) return null;
        string name = _json.GetString()!;
        if (names.Count == MaxNames) throw Bad($"has more than {MaxNames} names");
        return names.Add(name) ? name : throw Bad($"has '{ForeignText.Shown(name)}' twice");
    }

    private void Next()
    {
        if (!_json.Read()) throw Bad("ends too early");
    }

    private readonly void Require(JsonTokenType type, string expected)
    {
        if (_json.TokenType == type) return;
        string found = _json.TokenType switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "a list",
            JsonTokenType.String => "a text",
            JsonTokenType.Number => "a number",
            JsonTokenType.Null => "null",
            _ => "true or false",
        };
        throw Bad($"is {found}, expected {expected}");
    }

    // Python writes these three words, which are not JSON. The reader stops in front of them.
    private readonly string? NotANumber()
    {
        ReadOnlySpan<byte> rest = _utf8[(int)_json.BytesConsumed..].TrimStart(" \t\r\n,:"u8);
        foreach (string word in (ReadOnlySpan<string>)["NaN", "Infinity", "-Infinity"])
            if (rest.StartsWith(Encoding.ASCII.GetBytes(word))) return word;
        return null;
    }

    private readonly InvalidDataException Bad(string problem, Exception? inner = null)
    {
        string place = _place is null ? "" : $": {_place}";
        string dimension = _dimension < 0 ? "" : $", dimension {_dimension},";
        return new InvalidDataException($"{_file}{place}{dimension} {problem}", inner);
    }
}
