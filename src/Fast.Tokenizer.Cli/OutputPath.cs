namespace Fast.Tokenizer.Cli;

/// <summary>Looks at a place before the work is done, so that an hour of training does not end at a mistyped path.</summary>
internal static class OutputPath
{
    /// <summary>Refuses a place where no file can be written.</summary>
    /// <exception cref="IOException">The path is a folder, or its folder does not exist.</exception>
    public static void RequireFile(string path, string option)
    {
        if (Directory.Exists(path)) throw new IOException($"{option} {path} is a folder: give the name of a file");
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"{option} {path}: there is no folder {folder}; make it first");
    }

    /// <summary>Refuses a place where no folder can be made.</summary>
    /// <exception cref="IOException">The path or a parent is a file.</exception>
    public static void RequireFolder(string path, string option)
    {
        string full = Path.GetFullPath(path);
        for (string? place = full; place is not null; place = Path.GetDirectoryName(place))
        {
            if (File.Exists(place)) throw new IOException($"{option} {path}: {place} is a file; choose another folder");
        }
    }

    /// <summary>Refuses a place where no folder can be made, or one that holds something else than a tokenizer.</summary>
    /// <exception cref="IOException">The path or a parent is a file, or the folder holds other things.</exception>
    public static void RequireTokenizerFolder(string path, string option)
    {
        RequireFolder(path, option);
        string full = Path.GetFullPath(path);
        bool isTaken = Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any();
        if (isTaken && !File.Exists(Path.Combine(full, "tokenizer.json")))
            throw new IOException($"{option} {path} holds files that are not a tokenizer's: choose an empty or new folder");
    }
}
