using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.Transform;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>
/// The part of this library in <c>benchmarks/compare/run.sh</c>: writes the chunks for the others and times FAST+ on them.
/// </summary>
internal static class Compare
{
    /// <summary>Writes the chunks into a folder, and a row per shape and stage to standard output.</summary>
    /// <returns>The exit code: 0, or 3 where FAST+ is absent.</returns>
    public static int Write(string folder)
    {
        string published = Path.Combine(Recordings.Root(), "tokenizers", "fast_plus", "tokenizer.json");
        if (!File.Exists(published))
        {
            Console.Error.WriteLine($"no file {published}: set FAST_TOKENIZER_TESTDATA");
            return 3;
        }

        File.Copy(published, Path.Combine(folder, "tokenizer.json"), overwrite: true);
        (int Horizon, int Dimensions)[] shapes = [(5, 7), (20, 7), (50, 7), (50, 14)];
        File.WriteAllLines(Path.Combine(folder, "shapes.txt"), shapes.Select(shape => $"{shape.Horizon}x{shape.Dimensions}"));
        foreach ((int horizon, int dimensions) in shapes)
        {
            var set = new ChunkSet(horizon, dimensions);
            FastActionTokenizer tokenizer = set.Published()!;
            int[][] tokens = [.. set.Actions.Select(chunk => tokenizer.Encode(chunk, set.Shape))];
            string name = $"{horizon}x{dimensions}";
            File.WriteAllText(Path.Combine(folder, name + ".json"), JsonSerializer.Serialize(
                set.Actions.Select((chunk, i) => new { characters = Characters(tokenizer, chunk, set.Shape), tokens = tokens[i] })));

            var buffer = new int[tokenizer.MaxTokenCount(set.Shape)];
            var decoded = new float[set.Shape.Count];
            var plan = new DctPlan(horizon);
            double[] values = [.. set.Actions[0].Select(value => (double)value)], coefficients = new double[values.Length];
            Row(name, "encode", () => Each(set.Actions, chunk => tokenizer.Encode(chunk, set.Shape, buffer)));
            Row(name, "decode", () => Each(tokens, ids => tokenizer.TryDecode(ids, set.Shape, decoded)));
            Row(name, "transform", () => Each(tokens, _ => plan.Forward(values, dimensions, coefficients)));
        }

        return 0;
    }

    private static int[] Characters(FastActionTokenizer tokenizer, float[] chunk, ActionShape shape)
    {
        var values = new double[shape.Count];
        var coefficients = new double[shape.Count];
        var quantized = new int[shape.Count];
        tokenizer.Normalize<float>(chunk, shape, default, values, []);
        tokenizer.Transform(values, shape, coefficients);
        new CoefficientQuantizer(tokenizer.Definition.Scale).Quantize(coefficients, shape, quantized);
        return [.. quantized.Select(value => Math.Max(0, value - tokenizer.Definition.Alphabet.MinCoefficient))];
    }

    private static void Each<T>(T[] items, Action<T> action)
    {
        foreach (T item in items) action(item);
    }

    private static void Row(string shape, string what, Action pass)
    {
        for (var warm = Stopwatch.StartNew(); warm.ElapsedMilliseconds < 500;) pass();
        var times = new List<double>();
        for (var total = Stopwatch.StartNew(); total.ElapsedMilliseconds < 500;)
        {
            var watch = Stopwatch.StartNew();
            pass();
            times.Add(watch.Elapsed.TotalMicroseconds / ChunkSet.Count);
        }

        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{shape}\t{what}\t{times[times.Count / 2]:F4}"));
    }
}
