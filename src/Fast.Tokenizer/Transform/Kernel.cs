using System.Runtime.CompilerServices;

namespace Fast.Tokenizer.Transform;

/// <summary>How the methods that run over vectors are compiled.</summary>
internal static class Kernel
{
    /// <summary>
    /// At once and fully: as unoptimised code they are a hundred times slower, so that the first chunks of a robot would take milliseconds,
    /// and the profile gathered meanwhile spoils the inlining of the vector operators (measured: a factor of 3 to 6 at 1024 rows).
    /// </summary>
    public const MethodImplOptions Compilation = MethodImplOptions.AggressiveOptimization;
}
