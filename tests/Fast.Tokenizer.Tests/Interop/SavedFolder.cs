using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Fast.Tokenizer.Tests.Interop;

/// <summary>A saved tokenizer whose files a test changes, with or without putting the checksums right again.</summary>
internal sealed partial class SavedFolder : IDisposable
{
    public const string Manifest = "fast_tokenizer.json";

    /// <summary>What a tokenizer with quantile statistics is saved as.</summary>
    public static readonly string[] Names =
    [
        Manifest, "tokenizer.json", "processor_config.json", "tokenizer_config.json", "special_tokens_map.json", "norm_stats.json",
        "stats.json",
    ];

    private readonly TemporaryFolder _temporary = new();
    private readonly Dictionary<string, byte[]> _saved = [];

    public SavedFolder(FastTokenizerDefinition definition)
    {
        new FastActionTokenizer(definition).Save(FullPath);
        foreach (string name in Names) _saved[name] = File.ReadAllBytes(PathOf(name));
    }

    public string FullPath => _temporary["tokenizer"];

    public string PathOf(string name) => Path.Combine(FullPath, name);

    public byte[] Saved(string name) => [.. _saved[name]];

    // Some file systems flush a file to the disk when it was emptied first, and thousands of writes would take their time.
    public void Write(string name, byte[] bytes)
    {
        using FileStream file = File.OpenWrite(PathOf(name));
        file.Write(bytes);
        file.SetLength(bytes.Length);
    }

    public void Restore(string name) => Write(name, _saved[name]);

    /// <summary>Replaces text that must be there in one file, then makes all checksums agree.</summary>
    public void EditAndReseal(string name, string before, string after)
    {
        string text = Encoding.UTF8.GetString(_saved[name]);
        Assert.Contains(before, text, StringComparison.Ordinal);
        int at = text.IndexOf(before, StringComparison.Ordinal);
        Write(name, Encoding.UTF8.GetBytes(text[..at] + after + text[(at + before.Length)..]));
        Reseal();
    }

    /// <summary>Makes all checksums agree with what the files hold now. Works on bytes: the manifest need not be JSON.</summary>
    public void Reseal()
    {
        string text = Encoding.Latin1.GetString(File.ReadAllBytes(PathOf(Manifest)));
        foreach (string name in Names)
        {
            if (name == Manifest || !File.Exists(PathOf(name))) continue;
            string hash = Hash(File.ReadAllBytes(PathOf(name)));
            text = Regex.Replace(text, $"(\"{Regex.Escape(name)}\": \"sha256:)[0-9a-f]{{64}}", $"${{1}}{hash}");
        }

        text = Checksum().Replace(text, "${1}" + new string('0', 64));
        string seal = Hash(Encoding.Latin1.GetBytes(text));
        Write(Manifest, Encoding.Latin1.GetBytes(Checksum().Replace(text, "${1}" + seal)));
    }

    public InvalidDataException RefusesToLoad() => Assert.Throws<InvalidDataException>(() => FastActionTokenizer.Load(FullPath));

    public void Dispose() => _temporary.Dispose();

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    [GeneratedRegex("(\"checksum\": \"sha256:)[0-9a-f]{64}")]
    private static partial Regex Checksum();
}
