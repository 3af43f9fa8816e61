using Fast.Tokenizer.Datasets.Rlds;
using Fast.Tokenizer.Tests;
using Fast.Tokenizer.Training;
using static Fast.Tokenizer.Datasets.Tests.Rlds.ExampleBytes;

namespace Fast.Tokenizer.Datasets.Tests.Rlds;

public sealed class RldsEpisodeSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_recorded_data_set_is_read_exactly()
    {
        IEpisodeSource source = EpisodeDataset.Open(TestData.Locate("formats", "rlds_tfrecord_bridge"));
        Assert.IsType<RldsEpisodeSource>(source);
        Assert.Null(source.Rate);
        Assert.Null(source.DimensionNames);
        await Recorded.Equals("bridge", source);
    }
}
