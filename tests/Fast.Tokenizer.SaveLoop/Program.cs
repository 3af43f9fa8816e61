using System.Diagnostics;
using Fast.Tokenizer;
using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Normalization;

// Saves one of two things after the other until it is killed, and says so on standard output once it has begun.
//   folder TARGET A B      the tokenizers in A and B
//   two-moves TARGET A B   the files in A and B, as where folders cannot be exchanged; ends itself where it sees no folder
//   statistics TARGET A B  LeRobot statistics
if (args is not [var what, var target, var first, var second]) return 2;

if (what == "two-moves") new Thread(EndBetweenMoves) { IsBackground = true }.Start();
Action<string> save = what switch
{
    "folder" => SaverOf(folder => (Action<string>)FastActionTokenizer.Load(folder).Save),
    "two-moves" => SaverOf(folder =>
    {
        (string, byte[])[] files = [.. Directory.GetFiles(folder).Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))];
        return to => ReplacedDirectory.Write(to, files, files.Select(file => file.Item1).ToHashSet(), canExchange: false);
    }),
    "statistics" => SaverOf(file =>
    {
        ActionStatistics statistics = LeRobotStatistics.Read(file);
        return to => LeRobotStatistics.Write(to, statistics);
    }),
    _ => throw new ArgumentException(what),
};
while (true) save(target);

Action<string> SaverOf(Func<string, Action<string>> read)
{
    Action<string>[] savers = [read(first), read(second)];
    int turn = 0;
    Console.WriteLine("ready");
    return to => savers[turn++ % 2](to);
}

void EndBetweenMoves()
{
    // The one before may have ended here, and the first save puts the folder back.
    while (!Directory.Exists(target)) Thread.Yield();
    while (Directory.Exists(target)) { }
    using var self = Process.GetCurrentProcess();
    self.Kill();
}
