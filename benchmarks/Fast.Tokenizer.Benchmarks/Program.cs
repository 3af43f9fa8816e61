using BenchmarkDotNet.Running;
using Fast.Tokenizer.Benchmarks;

// Verbs: held-out [NAME...] prints the table of tokens per chunk; rate-distortion [NAME...] that of tokens at equal error; reconstruction
// [NAME...] that of errors with reconstruction points; pruning [NAME...] what a pruned vocabulary gives; error-bounds [NAME...]
// that of bounds on the error, kept or broken; universal that of one vocabulary for eight robots; train-million [WINDOWS] trains on
// generated motion; lerobot prints how fast data sets are read; scaling prints costs by size; soak [--count N] encodes ten million chunks
// and exits with 1 where the memory grows; parts, merge-parts and scale measure a training on many machines; report [CLASS...] runs the
// suite and writes the results down; compare FOLDER serves compare/run.sh. Anything else goes to BenchmarkDotNet, such as
// --filter '*Tokenizer*'. BenchmarkDotNet looks for the project below the working folder: run it inside the checkout.
if (args is ["held-out", .. var names]) return await HeldOutTokens.PrintAsync(names);
if (args is ["rate-distortion", .. var recordings]) return await RateDistortionTable.PrintAsync(recordings);
if (args is ["reconstruction", .. var rows]) return await ReconstructionTable.PrintAsync(rows);
if (args is ["pruning", .. var pruned]) return await PruningTable.PrintAsync(pruned);
if (args is ["error-bounds", .. var bounded]) return await ErrorBounds.PrintAsync(bounded);
if (args is ["universal"]) return await UniversalTable.PrintAsync();
if (args is ["train-million", .. var windows]) return await MillionWindows.PrintAsync(windows.FirstOrDefault());
if (args is ["soak", .. var options]) return await Soak.RunAsync(options);
if (args is ["parts", .. var two]) return await TwoParts.RunAsync(two);
if (args is ["merge-parts", .. var merging]) return await MergeParts.RunAsync(merging);
if (args is ["scale", .. var scaling]) return await Scale.RunAsync(scaling);
if (args is ["lerobot"]) return await LeRobotReading.PrintAsync();
if (args is ["report", .. var classes])
    return await Report.WriteAsync(Path.GetFullPath(Path.Combine(Recordings.ProjectFolder(), "..", "..")), classes);
if (args is ["compare", var folder]) return Compare.Write(folder);
if (args is ["scaling"])
{
    Console.Write(await Scaling.TablesAsync());
    return 0;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
