using Fast.Tokenizer.Datasets.Arrow;
using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Datasets.Tests.Arrow;

public sealed class ArrowEpisodeSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_recorded_data_set_is_read_exactly()
    {
        IEpisodeSource source = EpisodeDataset.Open(TestData.Locate("formats", "arrow_aloha"));
        Assert.IsType<ArrowEpisodeSource>(source);
        await Recorded.Equals("aloha_sim_insertion_human", source);
    }
}
