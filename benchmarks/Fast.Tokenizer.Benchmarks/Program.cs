using BenchmarkDotNet.Running;
using Fast.Tokenizer.Benchmarks;

// Two verbs: held-out [NAME...] prints the table of tokens per chunk; anything else goes to BenchmarkDotNet, such as --filter '*Tokenizer*'.
// BenchmarkDotNet looks for the project below the working folder: run it inside the checkout.
if (args is ["held-out", .. var names]) return await HeldOutTokens.PrintAsync(names);
if (args is ["rate-distortion", .. var recordings]) return await RateDistortionTable.PrintAsync(recordings);

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
