using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Tests.Interop;

namespace Fast.Tokenizer.Fuzz.Targets;

/// <summary>
/// A saved folder of which one file is the input, its checksums put right again: <c>fast_tokenizer.json</c> mostly. The first byte says
/// which.
/// </summary>
internal sealed class SavedTokenizer() : FuzzTarget("saved-tokenizer"), IDisposable
{
    private readonly Lazy<SavedFolder> _folder = new(() =>
    {
        SavedFolder folder = SampleFolders.Saved();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        return folder;
    });

    public override IReadOnlyList<string> Words { get; } =
    [
        "\"schema_version\": 3", "\"order\": \"dimension_major\"", "\"embodiments\"", "\"action_space\"", "\"reconstruction\"",
        "\"statistics\"", "\"horizon\"", "\"weights\": [1, 2]", "\"mask\": [true, false]", "\"mean_std\"", "\"identity\"", "\"openpi\"",
        "\"binary\"", "\"reference\": \"state\"", "\"state_index\"", "\"period\"", "\"offsets\"", "\"tokenizer.json\"", "\"../x\"",
    ];

    public override IEnumerable<byte[]> Seeds()
    {
        foreach (int i in (int[])[0, 0, 1, 2, 3]) yield return [(byte)i, .. SampleFolders.File(SavedFolder.Names[i])];
        foreach (FastTokenizerDefinition definition in (FastTokenizerDefinition[])[Rich, Shared])
        {
            using var folder = new SavedFolder(definition);
            yield return [0, .. folder.Saved(SavedFolder.Manifest)];
        }
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        SavedFolder folder = _folder.Value;
        string name = SavedFolder.Names[input.IsEmpty ? 0 : input[0] % SavedFolder.Names.Length];
        folder.Write(name, input.IsEmpty ? [] : input[1..].ToArray());
        folder.Reseal();
        try
        {
            FastActionTokenizer loaded = FastActionTokenizer.Load(folder.FullPath);
            TokenizerUse.Exercise(loaded);
            foreach (string embodiment in loaded.Definition.Embodiments.Keys) TokenizerUse.Exercise(loaded.For(embodiment));
        }
        finally
        {
            folder.Restore(name);
            folder.Restore(SavedFolder.Manifest);
        }
    }

    public void Dispose()
    {
        if (_folder.IsValueCreated) _folder.Value.Dispose();
    }

    private static FastTokenizerDefinition Rich => SampleFolders.Small with
    {
        Order = CoefficientOrder.DimensionMajor,
        Reconstruction = new ReconstructionPoints(new ActionShape(6, 2), 2, new double[24]),
        ActionSpace = new ActionSpace(
        [
            new ActionDimension { Reference = ActionReference.State, StateIndex = 1, Period = 6 },
            new ActionDimension { Binary = new BinaryValues() },
            new ActionDimension { Encoded = false, Fill = 3 },
        ]),
        Metadata = new() { Horizon = 6, Dimensions = 3 },
    };

    private static FastTokenizerDefinition Shared => SampleFolders.Small with
    {
        Embodiments = new Dictionary<string, Embodiment>
        {
            ["arm"] = new()
            {
                Normalizer = new(SampleFolders.Small.Normalizer!.Statistics, new NormalizationOptions { Clip = true, Weights = [1, 2] }),
                Metadata = SampleFolders.Small.Metadata,
            },
        },
    };
}
