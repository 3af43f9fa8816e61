using System.CommandLine;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary>How much memory <c>train</c> takes, and where it goes beyond it.</summary>
internal sealed class MemoryOptions
{
    private readonly Option<string?> _memory = CommonOption.Memory(
        "What training the vocabulary takes (500MB, 2GB), about; the tokenizer does not depend on it. [default: half of the machine's]");

    private readonly Option<string?> _folder = new(CommonOption.TemporaryFolderName)
    {
        Description = "Folder for temporary files, where --memory is not enough. [default: beside the output]",
        HelpName = "DIR",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_memory, _folder]) command.Add(option);
    }

    /// <summary>What a command line says, added to how a tokenizer is trained.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="training">How it is trained.</param>
    /// <param name="output">
    /// The folder that is written. Temporary files go beside it, where there is room for results: the system's own folder may be in
    /// memory.
    /// </param>
    /// <exception cref="IOException">The folder for temporary files does not exist.</exception>
    public TrainingOptions AddTo(ParseResult parsed, TrainingOptions training, string output)
    {
        string? folder = parsed.GetValue(_folder);
        if (folder is not null && !Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{_folder.Name} {folder}: there is no such folder; make it first");
        for (string? place = Path.GetDirectoryName(Path.GetFullPath(output)); folder is null; place = Path.GetDirectoryName(place))
        {
            if (place is null) break;
            if (Directory.Exists(place)) folder = place;
        }

        return training with { MemoryLimit = parsed.GetValue(_memory) is { } size ? ByteSize.Parse(size) : null, TemporaryFolder = folder };
    }
}
