using System.Security.Cryptography;
using System.Text;

namespace Fast.Tokenizer.Tests.Interop.Hub;

/// <summary>A file of a repository, with the tag that the Hub gives it: git's hash of a small file, SHA-256 of a large one.</summary>
internal sealed record HubFile(byte[] Content, bool IsLarge)
{
#pragma warning disable CA5350 // SHA-1 is what git calls a file by
    public string Tag => IsLarge
        ? Convert.ToHexStringLower(SHA256.HashData(Content))
        : Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {Content.Length}\0"), .. Content]));
#pragma warning restore CA5350

    public static HubFile Small(string text) => new(Encoding.UTF8.GetBytes(text), IsLarge: false);

    public static HubFile Large(string text) => new(Encoding.UTF8.GetBytes(text), IsLarge: true);
}
