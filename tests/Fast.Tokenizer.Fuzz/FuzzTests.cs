using System.Diagnostics;
using Fast.Tokenizer.Tests;

[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Fast.Tokenizer.Fuzz;

/// <summary>Every target over its corpus and a fixed number of inputs made of it: seeded, so that a failure repeats.</summary>
public sealed class FuzzTests
{
    // On a slow machine fewer inputs are run; which ones does not depend on the time.
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(3);

    public static TheoryData<string> Names => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_corpus_holds_the_contract(string name)
    {
        FuzzTarget target = FuzzTargets.Named(name);
        int taken = FuzzCorpus.Of(target).Count(input => FuzzCheck.Run(target, input.Bytes, input.Name).IsTaken);
        Assert.InRange(taken, 1, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Inputs_made_of_the_corpus_hold_the_contract(string name)
    {
        FuzzTarget target = FuzzTargets.Named(name);
        Run(target, FuzzCorpus.Of(target).Select(input => input.Bytes).ToArray(), target.Cases);
    }

    // The files of other writers: an old form of HDF5 with symbol tables and heaps, and Parquet as pyarrow writes it.
    [Theory]
    [InlineData("hdf5", "formats", "hdf5_robomimic", "wipe", "panda", "demo.hdf5")]
    [InlineData("parquet", "formats", "lerobot_v2.1_g1", "data", "chunk-000", "episode_000028.parquet")]
    public void Inputs_made_of_a_recording_hold_the_contract(string name, params string[] path) =>
        Run(FuzzTargets.Named(name), [File.ReadAllBytes(TestData.Locate(path))], 300);

    [Fact]
    public void Every_length_and_offset_of_an_Arrow_file_may_be_wrong()
    {
        FuzzTarget target = FuzzTargets.Named("arrow");
        int refused = 0, cases = 0;
        foreach ((string name, byte[] bytes) in FuzzCorpus.Of(target).Take(3))
        {
            foreach (byte[] damaged in FuzzMutation.Overwritten(bytes, 0, bytes.Length))
            {
                if (!FuzzCheck.Run(target, damaged, $"{name} with a word overwritten").IsTaken) refused++;
                cases++;
            }
        }

        Assert.InRange(refused, cases / 4, cases);
    }

    private static void Run(FuzzTarget target, byte[][] corpus, int cases)
    {
        var mutation = new FuzzMutation(corpus, target.Words);
        var clock = Stopwatch.StartNew();
        int refused = 0, wild = 0, seed = 0;
        for (; seed < cases && (clock.Elapsed < _longest || seed < 100); seed++)
        {
            byte[] input = mutation.Next(seed);
            FuzzOutcome outcome = FuzzCheck.Run(target, input, $"seed {seed}");
            if (!outcome.IsTaken) refused++;
            if (outcome.Allocated > target.UsualMemoryLimit(input.Length)) wild++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{refused} of {seed} refused in {clock.ElapsedMilliseconds} ms, {wild} with more memory than usual");
        Assert.InRange(refused, (int)(seed * target.LeastRefused), seed - Math.Max(1, seed / 100));
        Assert.InRange(wild, 0, Math.Max(3, seed / 100));
    }
}
