using System.Globalization;
using System.Text.Json;
using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Datasets;

/// <summary>Reads the JSON files that describe recordings. They are hostile until read: a member may be missing or of any kind.</summary>
internal static class JsonFile
{
    private const int MaxBytes = 64 << 20;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is too large, not JSON, or has a member twice.</exception>
    public static JsonDocument Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        if (stream.Length > MaxBytes)
            throw new InvalidDataException($"file '{path}': {stream.Length} bytes of JSON; more than {MaxBytes} is refused");
        try
        {
            return JsonDocument.Parse(stream, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (Exception e) when (JsonProblem.Is(e))
        {
            throw new InvalidDataException($"file '{path}': is not valid JSON: {JsonProblem.Describe(e)}", e);
        }
    }

    /// <summary>A member of an object; none where the element is no object or has no such member, or null.</summary>
    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement member)
            && member.ValueKind != JsonValueKind.Null ? member : null;

    /// <summary>The members of an object, those left out whose name is not valid text; none for anything else.</summary>
    public static IEnumerable<(string Name, JsonElement Value)> Members(this JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object) yield break;
        foreach (JsonProperty member in element.EnumerateObject())
        {
            string? name;
            try
            {
                name = member.Name;
            }
            catch (InvalidOperationException)
            {
                continue;
            }

            yield return (name, member.Value);
        }
    }

    /// <summary>The text of a string; null for anything else, also for a string that is not valid text.</summary>
    public static string? Text(this JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String) return null;
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException) // an escaped half of a surrogate pair
        {
            return null;
        }
    }

    /// <summary>A whole number, also one written as a string, as protobuf writes those of 64 bits; null for anything else.</summary>
    public static long? Whole(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number when element.TryGetInt64(out long number) => number,
        JsonValueKind.String when long.TryParse(
            element.Text(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => number,
        _ => null,
    };

    /// <summary>The elements of an array; none for anything else.</summary>
    public static IEnumerable<JsonElement> Elements(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];
}
