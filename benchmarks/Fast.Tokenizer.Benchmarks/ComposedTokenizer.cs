using System.Text.Json;
using MathNet.Numerics.LinearAlgebra;
using Microsoft.ML.Tokenizers;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>The same tokenizer put together from MathNet.Numerics and Microsoft.ML.Tokenizers, as one would without this library.</summary>
/// <remarks>
/// Reads a saved folder. Coefficients are characters of a string, as in the Python processor; no pre-tokenizer splits it.
/// </remarks>
internal sealed class ComposedTokenizer
{
    private readonly double[] _center;
    private readonly double[] _halfRange;
    private readonly Matrix<double> _cosines;
    private readonly Matrix<double> _inverse;
    private readonly double _scale;
    private readonly int _minToken;
    private readonly BpeTokenizer _bpe;

    public ComposedTokenizer(string folder, int horizon, double[] center, double[] halfRange)
    {
        (_center, _halfRange) = (center, halfRange);
        _cosines = Matrix<double>.Build.Dense(horizon, horizon, (k, t) =>
            Math.Sqrt((k == 0 ? 1.0 : 2.0) / horizon) * Math.Cos(Math.PI * ((2 * t) + 1) * k / (2.0 * horizon)));
        _inverse = _cosines.Transpose();

        using JsonDocument processor = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "processor_config.json")));
        _scale = processor.RootElement.GetProperty("scale").GetDouble();
        _minToken = processor.RootElement.GetProperty("min_token").GetInt32();

        using JsonDocument tokenizer = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "tokenizer.json")));
        JsonElement model = tokenizer.RootElement.GetProperty("model");
        _bpe = BpeTokenizer.Create(new BpeOptions(
            model.GetProperty("vocab").EnumerateObject().Select(token => KeyValuePair.Create(token.Name, token.Value.GetInt32())))
        {
            Merges = [.. model.GetProperty("merges").EnumerateArray().Select(merge => merge.GetString()!)],
        });
    }

    public IReadOnlyList<int> Encode(float[,] actions)
    {
        (int horizon, int dimensions) = (actions.GetLength(0), actions.GetLength(1));
        var normalized = Matrix<double>.Build.Dense(horizon, dimensions, (t, d) =>
            _halfRange[d] == 0 ? 0 : (actions[t, d] - _center[d]) / _halfRange[d]);
        Matrix<double> coefficients = _cosines * normalized;
        var text = new char[horizon * dimensions];
        for (int i = 0; i < text.Length; i++)
            text[i] = (char)(Math.Round(coefficients[i / dimensions, i % dimensions] * _scale) - _minToken);
        return _bpe.EncodeToIds(new string(text));
    }

    public float[,] Decode(IReadOnlyList<int> tokens, int horizon, int dimensions)
    {
        string text = _bpe.Decode(tokens);
        var coefficients = Matrix<double>.Build.Dense(horizon, dimensions, (k, d) => (text[(k * dimensions) + d] + _minToken) / _scale);
        Matrix<double> normalized = _inverse * coefficients;
        var actions = new float[horizon, dimensions];
        for (int t = 0; t < horizon; t++)
            for (int d = 0; d < dimensions; d++) actions[t, d] = (float)((normalized[t, d] * _halfRange[d]) + _center[d]);
        return actions;
    }
}
