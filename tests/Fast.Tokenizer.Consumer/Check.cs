using System.Security.Cryptography;

/// <summary>What a program found, and whether it was as expected. The script compares what the two ways to run it print.</summary>
internal sealed class Check
{
    public bool Failed { get; private set; }

    public void That(bool holds, string what)
    {
        Console.WriteLine($"{(holds ? "ok" : "FAILED")}: {what}");
        Failed |= !holds;
    }

    /// <summary>Prints a checksum over the files of a folder, by name.</summary>
    public static void Print(string folder)
    {
        foreach (string file in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
            Console.WriteLine($"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))} {Path.GetFileName(file)}");
    }
}
