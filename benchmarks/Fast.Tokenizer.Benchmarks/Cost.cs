using System.Diagnostics;
using System.Globalization;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>What a piece of work of this process took.</summary>
/// <param name="Seconds">On the clock.</param>
/// <param name="ProcessorSeconds">Of all threads; what the clock would show on one free core.</param>
/// <param name="PeakWorkingSet">Bytes, looked at twenty times a second.</param>
/// <param name="PeakHeap">Bytes that the collector had taken, likewise.</param>
/// <param name="Load">The machine's load over a minute at the end; NaN where there is none.</param>
internal sealed record Cost(double Seconds, double ProcessorSeconds, long PeakWorkingSet, long PeakHeap, double Load)
{
    /// <summary>Does it, and watches.</summary>
    public static Cost Of(Action work)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        (long set, long heap) = (0, 0);
        using var done = new ManualResetEventSlim();
        var watcher = new Thread(() =>
        {
            do
            {
                process.Refresh();
                set = Math.Max(set, process.WorkingSet64);
                heap = Math.Max(heap, GC.GetTotalMemory(forceFullCollection: false));
            }
            while (!done.Wait(50));
        });
        watcher.Start();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        try
        {
            work();
        }
        finally
        {
            done.Set();
            watcher.Join();
        }

        return new Cost(watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds, set, heap, LoadNow());
    }

    /// <summary>The machine's load over the last minute; NaN where the system does not tell.</summary>
    public static double LoadNow() => File.Exists("/proc/loadavg")
        ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
        : double.NaN;
}
