using System.Reflection;
using System.Runtime.CompilerServices;
using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Training;
using PublicApiGenerator;
using TestData = Fast.Tokenizer.Tests.TestData;

namespace Fast.Tokenizer.Cli.Tests.PublicApi;

/// <summary>What each library shows its users is listed in a file beside it, so that a change is meant and seen in review.</summary>
public sealed class PublicApiTests
{
    private const string Accept = "FAST_TOKENIZER_ACCEPT_PUBLIC_API";

    // What the compiler writes beside an iterator is named after its place in the source.
    private static readonly ApiGeneratorOptions _options = new()
    {
        IncludeAssemblyAttributes = false,
        ExcludeAttributes = [typeof(AsyncIteratorStateMachineAttribute).FullName!, typeof(EnumeratorCancellationAttribute).FullName!],
    };

    [Theory]
    [InlineData(typeof(FastActionTokenizer))]
    [InlineData(typeof(ActionTokenizerTrainer))]
    [InlineData(typeof(EpisodeDataset))]
    public void Is_as_listed(Type member)
    {
        Assembly library = member.Assembly;
        string listing = Path.Combine(TestData.RepositoryRoot(), "src", library.GetName().Name!, "PublicApi.txt");
        string found = library.GeneratePublicApi(_options).ReplaceLineEndings("\n") + "\n" + ArraysOfSeveralDimensions(library);
        if (Environment.GetEnvironmentVariable(Accept) == "1") File.WriteAllText(listing, found);

        string[] listed = File.ReadAllText(listing).ReplaceLineEndings("\n").Split('\n'), lines = found.Split('\n');
        int first = Enumerable.Range(0, Math.Max(listed.Length, lines.Length)).FirstOrDefault(i => At(listed, i) != At(lines, i), -1);
        Assert.True(
            first < 0,
            $"the public API of {library.GetName().Name} is not as {listing} lists it. Line {first + 1} is\n{At(listed, first)}\n"
            + $"and would be\n{At(lines, first)}\nIf the change is meant, run this test with {Accept}=1 and commit the file.");
    }

    // The generator writes every array as [].
    private static string ArraysOfSeveralDimensions(Assembly library) => string.Concat(library.GetExportedTypes()
        .SelectMany(type => type.GetMembers())
        .Where(member => member.DeclaringType!.Assembly == library && member.ToString()!.Contains("[,", StringComparison.Ordinal))
        .Select(member => $"// {member.DeclaringType}: {member}\n")
        .Order(StringComparer.Ordinal));

    private static string At(string[] lines, int index) => index >= 0 && index < lines.Length ? lines[index] : "(nothing)";
}
