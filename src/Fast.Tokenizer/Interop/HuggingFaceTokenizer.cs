using System.Text.Json;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Interop;

/// <summary>What a <c>tokenizer.json</c> says: a BPE model and how text is cut before and joined after it.</summary>
/// <remarks>Whatever would change ids and is not supported is refused by name; nothing in the file is ignored silently.</remarks>
internal sealed class HuggingFaceTokenizer
{
    // The three published vocabularies have at most 0.7 MB. A file of this size still parses in bounded memory.
    private const int MaxFileLength = 64 << 20;
    private const int MaxTokens = 1 << 20;

    private readonly string _path;

    private HuggingFaceTokenizer(string path) => _path = path;

    /// <summary>The text of each token, by id.</summary>
    public string[] Tokens { get; private set; } = [];

    /// <summary>The merges in order of rank.</summary>
    public BpeMerge[] Merges { get; private set; } = [];

    /// <summary>Whether text passes through the byte-level pre-tokenizer; otherwise it reaches the model as it is.</summary>
    public bool IsByteLevel { get; private set; }

    /// <summary>Whether the byte-level pre-tokenizer splits with the GPT-2 regular expression.</summary>
    public bool SplitsWords { get; private set; }

    /// <summary>Parses a file.</summary>
    /// <param name="utf8">Its bytes.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="InvalidDataException">The file is not a BPE tokenizer of a supported kind.</exception>
    public static HuggingFaceTokenizer Parse(ReadOnlyMemory<byte> utf8, string path)
    {
        var tokenizer = new HuggingFaceTokenizer(path);
        if (utf8.Length > MaxFileLength) throw tokenizer.Bad($"the file has {utf8.Length} bytes, at most {MaxFileLength} are read");
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });
            tokenizer.Read(document.RootElement);
        }
        catch (Exception problem) when (JsonProblem.Is(problem))
        {
            throw tokenizer.Bad(JsonProblem.Describe(problem), problem);
        }

        return tokenizer;
    }

    private void Read(JsonElement root)
    {
        Require(root, JsonValueKind.Object, "the file");
        JsonElement? model = null;
        string? decoder = null;
        foreach (JsonProperty property in root.EnumerateObject())
        {
            switch (property.Name)
            {
                case "version":
                    break;
                case "truncation" or "padding" or "normalizer":
                    if (property.Value.ValueKind != JsonValueKind.Null) throw Unsupported(property.Name, property.Value);
                    break;
                case "added_tokens":
                    Require(property.Value, JsonValueKind.Array, "added_tokens");
                    if (property.Value.GetArrayLength() > 0)
                        throw Bad("added_tokens are not supported: a coefficient string must not be cut by them");
                    break;
                case "pre_tokenizer":
                    ReadPreTokenizer(property.Value);
                    break;
                case "post_processor":
                    if (TypeOf(property.Value) is not (null or "ByteLevel")) throw Unsupported(property.Name, property.Value);
                    break;
                case "decoder":
                    decoder = TypeOf(property.Value);
                    if (decoder is not ("ByteLevel" or "Fuse")) throw Unsupported(property.Name, property.Value);
                    break;
                case "model":
                    model = property.Value;
                    break;
                default:
                    throw Bad($"'{ForeignText.Shown(property.Name)}' is not known");
            }
        }

        if (decoder != (IsByteLevel ? "ByteLevel" : "Fuse"))
        {
            throw Bad(
                $"the decoder is {decoder ?? "missing"}, "
                + $"expected {(IsByteLevel ? "ByteLevel, as the pre-tokenizer" : "Fuse, as there is no pre-tokenizer")}");
        }

        ReadModel(model ?? throw Bad("'model' is missing"));
    }

    private void ReadPreTokenizer(JsonElement element)
    {
        string? type = TypeOf(element);
        if (type is null) return;
        if (type != "ByteLevel") throw Unsupported("pre_tokenizer", element);

        IsByteLevel = true;
        SplitsWords = true;
        foreach (JsonProperty property in element.EnumerateObject())
        {
            switch (property.Name)
            {
                case "type" or "trim_offsets":
                    break;
                case "add_prefix_space":
                    if (Flag(property)) throw Bad("pre_tokenizer.add_prefix_space is true: it would add a coefficient");
                    break;
                case "use_regex":
                    SplitsWords = Flag(property);
                    break;
                default:
                    throw Bad($"pre_tokenizer.{ForeignText.Shown(property.Name)} is not known");
            }
        }
    }

    private void ReadModel(JsonElement model)
    {
        Require(model, JsonValueKind.Object, "model");
        JsonElement? vocab = null, merges = null;
        foreach (JsonProperty property in model.EnumerateObject())
        {
            switch (property.Name)
            {
                case "type":
                    if (property.Value.ValueKind != JsonValueKind.String || !property.Value.ValueEquals("BPE"))
                        throw Unsupported("model.type", property.Value);
                    break;
                case "dropout" or "unk_token":
                    if (property.Value.ValueKind != JsonValueKind.Null) throw Unsupported($"model.{property.Name}", property.Value);
                    break;
                case "continuing_subword_prefix" or "end_of_word_suffix":
                    if (property.Value.ValueKind != JsonValueKind.Null
                        && !(property.Value.ValueKind == JsonValueKind.String && property.Value.ValueEquals("")))
                        throw Unsupported($"model.{property.Name}", property.Value);
                    break;
                case "byte_fallback" or "ignore_merges":
                    if (Flag(property)) throw Unsupported($"model.{property.Name}", property.Value);
                    break;
                case "fuse_unk":
                    break;
                case "vocab":
                    vocab = property.Value;
                    break;
                case "merges":
                    merges = property.Value;
                    break;
                default:
                    throw Bad($"model.{ForeignText.Shown(property.Name)} is not known");
            }
        }

        Dictionary<string, int> ids = ReadVocabulary(vocab ?? throw Bad("'model.vocab' is missing"));
        ReadMerges(merges ?? throw Bad("'model.merges' is missing"), ids);
    }

    private Dictionary<string, int> ReadVocabulary(JsonElement vocab)
    {
        Require(vocab, JsonValueKind.Object, "model.vocab");
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (JsonProperty property in vocab.EnumerateObject())
        {
            string token = property.Name;
            if (token.Length == 0) throw Bad("model.vocab holds an empty token");
            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetInt32(out int id) || id < 0 || id >= MaxTokens)
                throw Bad($"the id of token {Quote(token)} is {Quote(property.Value.GetRawText())}, expected a number from 0 to below {MaxTokens}");
            ids.Add(token, id);
        }

        if (ids.Count == 0) throw Bad("model.vocab is empty");
        Tokens = new string[ids.Count];
        foreach ((string token, int id) in ids)
        {
            if (id >= ids.Count)
                throw Bad($"token {Quote(token)} has id {id}, but there are only {ids.Count} tokens: ids must have no gaps");
            if (Tokens[id] is { } other) throw Bad($"tokens {Quote(other)} and {Quote(token)} both have id {id}");
            Tokens[id] = token;
        }

        return ids;
    }

    private void ReadMerges(JsonElement merges, Dictionary<string, int> ids)
    {
        Require(merges, JsonValueKind.Array, "model.merges");
        if (merges.GetArrayLength() > MaxTokens) throw Bad($"there are {merges.GetArrayLength()} merges, at most {MaxTokens} are read");
        var read = new List<BpeMerge>(merges.GetArrayLength());
        foreach (JsonElement element in merges.EnumerateArray())
        {
            (string left, string right) = Pair(element, read.Count);
            read.Add(new BpeMerge(Find(left), Find(right), Find(left + right)));

            int Find(string token) => ids.TryGetValue(token, out int id)
                ? id
                : throw Bad($"merge {read.Count} names {Quote(token)}, which is not in the vocabulary");
        }

        Merges = [.. read];
    }

    // Older files write a merge as "a b", newer ones as ["a","b"].
    private (string Left, string Right) Pair(JsonElement element, int rank)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            string[] parts = element.GetString()!.Split(' ');
            if (parts.Length == 2 && parts[0].Length > 0 && parts[1].Length > 0) return (parts[0], parts[1]);
        }
        else if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == 2
            && element[0].ValueKind == JsonValueKind.String && element[1].ValueKind == JsonValueKind.String)
        {
            return (element[0].GetString()!, element[1].GetString()!);
        }

        throw Bad($"merge {rank} is {Quote(element.GetRawText())}, expected \"left right\" or [\"left\",\"right\"]");
    }

    private string? TypeOf(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Null) return null;
        Require(element, JsonValueKind.Object, "a pipeline part");
        return element.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String
            ? type.GetString()
            : throw Bad("a pipeline part has no type");
    }

    private bool Flag(JsonProperty property) => property.Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Bad($"'{property.Name}' is {Quote(property.Value.GetRawText())}, expected true or false"),
    };

    private void Require(JsonElement element, JsonValueKind kind, string what)
    {
        if (element.ValueKind != kind) throw Bad($"{what} is {element.ValueKind}, expected {kind}");
    }

    private InvalidDataException Unsupported(string what, JsonElement value) =>
        Bad($"'{what}' is {Quote(value.GetRawText())}: it would change ids and is not supported");

    private InvalidDataException Bad(string reason, Exception? inner = null) => new($"{_path}: {reason}", inner);

    // Files are hostile: what is quoted in a message stays on one line and short.
    private static string Quote(string text)
    {
        const int Most = 40;
        string start = text.Length <= Most ? text : text[..Most] + "...";
        return "'" + string.Concat(start.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString())) + "'";
    }
}
