using System.Runtime.InteropServices;
using Fast.Tokenizer.Cli;

using var stop = new CancellationTokenSource();
using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using ToolConsole console = ToolConsole.OfProcess();
return await FastTokenizerTool.RunAsync(args, console, stop.Token);

// The first signal lets the command clean up behind itself; a second one ends the process as usual.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
