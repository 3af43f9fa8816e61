using Fast.Tokenizer;
using Fast.Tokenizer.Training;
using QuickStart;

IReadOnlyList<Episode> episodes = ReachingMotion.Generate();
ActionMetadata metadata = ReachingMotion.Metadata;
int dimensions = metadata.Dimensions!.Value;
double rate = metadata.Rate!.Value;

Console.WriteLine($"{episodes.Count} episodes, {episodes.Sum(e => e.Steps)} steps at {rate} Hz");
Console.WriteLine($"{episodes.Min(e => e.Steps) / rate:F1} to {episodes.Max(e => e.Steps) / rate:F1} s each");
for (int d = 0; d < dimensions; d++)
{
    var values = episodes.SelectMany(e => Enumerable.Range(0, e.Steps).Select(t => e.Actions.Span[(t * dimensions) + d]));
    var (low, high) = values.Aggregate((low: double.MaxValue, high: double.MinValue), (r, x) => (Math.Min(r.low, x), Math.Max(r.high, x)));
    Console.WriteLine($"  {metadata.DimensionNames![d],-14} {low,8:F3} .. {high,6:F3} {metadata.DimensionUnits![d]}");
}
