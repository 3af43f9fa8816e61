using System.Diagnostics;
using Fast.Tokenizer.Fuzz;
using SharpFuzz;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// README.md says how to use it. Without the name of a target the tests run, as `dotnet test` wants it.
switch (args)
{
    case ["list"]:
        foreach (FuzzTarget known in FuzzTargets.All) Console.WriteLine(known.Name);
        return 0;
    case ["seeds", var name, var folder]:
        Directory.CreateDirectory(folder);
        foreach ((string seed, byte[] bytes) in FuzzCorpus.Of(FuzzTargets.Named(name)))
            File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(seed)), bytes);
        return 0;
    case ["replay", var name, var input]:
        byte[] again = File.Exists(input) ? File.ReadAllBytes(input) : Convert.FromBase64String(input);
        Console.WriteLine(FuzzCheck.Run(FuzzTargets.Named(name), again, "replayed").IsTaken ? "taken" : "refused");
        return 0;
    case ["loop", var name, var seconds, .. var rest]:
        return Loop(FuzzTargets.Named(name), double.Parse(seconds), rest is [var first] ? int.Parse(first) : 0);
    case ["libfuzzer", var name]:
        FuzzTarget ofLibFuzzer = FuzzTargets.Named(name);
        Fuzzer.LibFuzzer.Run(bytes => FuzzCheck.Run(ofLibFuzzer, bytes.ToArray(), "from libFuzzer"));
        return 0;
    case [var name] when FuzzTargets.All.Any(target => target.Name == name):
        FuzzTarget ofAfl = FuzzTargets.Named(name);
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            FuzzCheck.Run(ofAfl, bytes.ToArray(), "from AFL");
        });
        return 0;
    default:
        return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
            ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await ConsoleRunner.Run(args);
}

// Without instrumentation: what the tests run, for as long as one likes, from a seed that they do not reach.
static int Loop(FuzzTarget target, double seconds, int first)
{
    IReadOnlyList<(string Name, byte[] Bytes)> corpus = FuzzCorpus.Of(target);
    var mutation = new FuzzMutation([.. corpus.Select(input => input.Bytes)], target.Words);
    var clock = Stopwatch.StartNew();
    int seed = first, refused = 0;
    for (; clock.Elapsed.TotalSeconds < seconds; seed++)
        if (!FuzzCheck.Run(target, mutation.Next(seed), $"seed {seed}").IsTaken) refused++;
    Console.WriteLine($"{target.Name}: {seed - first} inputs from seed {first}, {refused} refused, {clock.Elapsed.TotalSeconds:F0} s");
    return 0;
}
