using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Fast.Tokenizer.Interop;

/// <summary>What .NET does not offer for folders and the C library of Linux and macOS does.</summary>
/// <remarks>Paths are handed over as bytes, so that neither marshalling code nor unsafe code is needed.</remarks>
internal static class UnixFolder
{
    private const int CurrentFolder = -100;
    private const int ExchangeOnLinux = 2;
    private const int ExchangeOnMac = 2;
    private const int ReadOnly = 0;

    /// <summary>Lets two folders change places in one step, so that there is no moment without one.</summary>
    /// <returns>False where the system or the file system cannot, or one of them is not there; then nothing has changed.</returns>
    public static bool TryExchange(string left, string right)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS()) return false;
        byte[] first = PathBytes(left), second = PathBytes(right);
        try
        {
            return OperatingSystem.IsMacOS()
                ? RenameOnMac(first, second, ExchangeOnMac) == 0
                : RenameOnLinux(CurrentFolder, first, CurrentFolder, second, ExchangeOnLinux) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            // An older C library, or musl.
            return false;
        }
    }

    /// <summary>Makes the names in a folder last through a power failure, as flushing does for a file's content.</summary>
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS()) return;
        using var handle = new SafeFileHandle(Open(PathBytes(folder), ReadOnly), ownsHandle: true);
        if (!handle.IsInvalid) RandomAccess.FlushToDisk(handle);
    }

    private static byte[] PathBytes(string path) => [.. Encoding.UTF8.GetBytes(path), 0];

    [DllImport("libc", EntryPoint = "renameat2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int RenameOnLinux(int leftFolder, byte[] left, int rightFolder, byte[] right, uint flags);

    [DllImport("libc", EntryPoint = "renamex_np")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int RenameOnMac(byte[] left, byte[] right, uint flags);

    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern nint Open(byte[] path, int flags);
}
