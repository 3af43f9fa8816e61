using BenchmarkDotNet.Running;
using Fast.Tokenizer.Benchmarks;

// Verbs: held-out [NAME...] prints the table of tokens per chunk, train-million [WINDOWS] trains on generated motion. Anything else goes to
// BenchmarkDotNet, such as --filter '*Tokenizer*'.
// BenchmarkDotNet looks for the project below the working folder: run it inside the checkout.
if (args is ["held-out", .. var names]) return await HeldOutTokens.PrintAsync(names);
if (args is ["train-million", .. var windows]) return await MillionWindows.PrintAsync(windows.FirstOrDefault());

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
