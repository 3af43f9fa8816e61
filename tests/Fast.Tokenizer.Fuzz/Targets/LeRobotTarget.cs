using Fast.Tokenizer.Tests;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>A LeRobot data set of two episodes in which the input stands for one file of the description.</summary>
internal abstract class LeRobotTarget : RecordingTarget
{
    private readonly string _file;
    private readonly bool _isVersion3;
    private readonly Lazy<string> _folder;

    protected LeRobotTarget(string name, string file, bool isVersion3)
        : base(name)
    {
        (_file, _isVersion3) = (file, isVersion3);
        _folder = new(() =>
        {
            WriteAsync(Folder.FullPath).GetAwaiter().GetResult();
            return Folder.FullPath;
        });
    }

    public override IEnumerable<byte[]> Seeds() => [File.ReadAllBytes(Sound())];

    public override void Run(ReadOnlySpan<byte> input)
    {
        string folder = _folder.Value;
        Folder.Write(_file, input);
        Read(folder, format: null);
    }

    private string Sound()
    {
        var folder = new ScratchFolder();
        WriteAsync(folder.FullPath).GetAwaiter().GetResult();
        return folder.PathOf(_file);
    }

    private async Task WriteAsync(string path)
    {
        var folder = new LeRobotFolder(path);
        folder.WriteInfo(_isVersion3 ? "v3.0" : "v2.1", 2, 2, """[["x", "y"]]""");
        if (_isVersion3)
        {
            await LeRobotFolder.Episodes((0, 4, 0, 0, 0, 4), (1, 5, 0, 0, 4, 9)).WriteAsync(folder.EpisodesFile);
            await LeRobotFolder.Table(new float[18], new float[18], 2, 0, 0, 4, 5).WriteAsync(folder.DataFile(0, 0, isVersion3: true));
            return;
        }

        folder.WriteLines(4, 5);
        await LeRobotFolder.Table(new float[8], new float[8], 2, 0, 0, 4).WriteAsync(folder.DataFile(0, 0, isVersion3: false));
        await LeRobotFolder.Table(new float[10], new float[10], 2, 1, 4, 5).WriteAsync(folder.DataFile(0, 1, isVersion3: false));
    }
}
