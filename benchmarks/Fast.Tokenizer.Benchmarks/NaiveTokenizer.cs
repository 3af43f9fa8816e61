using System.Runtime.InteropServices;
using System.Text;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>
/// FAST by its definition and nothing else: a product with the cosine matrix, and the merge loop that looks for the lowest rank.
/// </summary>
internal sealed class NaiveTokenizer
{
    private readonly FastTokenizerDefinition _definition;
    private readonly ActionShape _shape;
    private readonly double[] _center;
    private readonly double[] _halfRange;
    private readonly double[,] _cosines;
    private readonly Dictionary<(int, int), (int Rank, int Token)> _merges = [];

    public NaiveTokenizer(FastActionTokenizer tokenizer, ActionShape shape)
    {
        (_definition, _shape) = (tokenizer.Definition, shape);
        _center = _definition.Normalizer!.Center.ToArray();
        _halfRange = _definition.Normalizer.HalfRange.ToArray();
        _cosines = new double[shape.Horizon, shape.Horizon];
        for (int k = 0; k < shape.Horizon; k++)
        {
            for (int t = 0; t < shape.Horizon; t++)
                _cosines[k, t] = Math.Sqrt((k == 0 ? 1.0 : 2.0) / shape.Horizon) * Math.Cos(Math.PI * ((2 * t) + 1) * k / (2.0 * shape.Horizon));
        }

        for (int rank = 0; rank < _definition.Vocabulary.Merges.Length; rank++)
        {
            BpeMerge merge = _definition.Vocabulary.Merges[rank];
            _merges[(merge.Left, merge.Right)] = (rank, merge.Token);
        }
    }

    public int[] Encode(float[] actions)
    {
        var coefficients = new int[_shape.Count];
        for (int k = 0; k < _shape.Horizon; k++)
        {
            for (int d = 0; d < _shape.Dimensions; d++)
            {
                double sum = 0;
                for (int t = 0; t < _shape.Horizon; t++)
                {
                    double value = _halfRange[d] == 0 ? 0 : (actions[(t * _shape.Dimensions) + d] - _center[d]) / _halfRange[d];
                    sum += _cosines[k, t] * value;
                }

                coefficients[(k * _shape.Dimensions) + d] = (int)Math.Round(sum * _definition.Scale);
            }
        }

        return EncodeCoefficients(coefficients);
    }

    public int[] EncodeCoefficients(int[] coefficients)
    {
        if (_definition.Alphabet is IntegerAlphabet integer)
            return [.. Merge([.. coefficients.Select(c => Math.Clamp(c, integer.MinCoefficient, integer.MaxCoefficient) - integer.MinCoefficient)])];

        int[] text = [.. coefficients.Select(c => Math.Max(0, c - _definition.Alphabet.MinCoefficient))];
        var tokens = new List<int>();
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = WordSplitter.WordEnd(text, start);
            string word = string.Concat(text[start..end].Select(char.ConvertFromUtf32));
            tokens.AddRange(Merge([.. Encoding.UTF8.GetBytes(word).Select(value => (int)value)]));
        }

        return [.. tokens];
    }

    public float[] Decode(int[] tokens)
    {
        var coefficients = new List<int>();
        if (_definition.Alphabet is IntegerAlphabet integer)
        {
            foreach (int token in tokens)
            {
                foreach (int symbol in _definition.Vocabulary.GetSymbols(token)) coefficients.Add(symbol + integer.MinCoefficient);
            }
        }
        else
        {
            byte[] bytes = [.. tokens.SelectMany(token => _definition.Vocabulary.GetSymbols(token).ToArray()).Select(value => (byte)value)];
            foreach (Rune rune in Encoding.UTF8.GetString(bytes).EnumerateRunes()) coefficients.Add(rune.Value + _definition.Alphabet.MinCoefficient);
        }

        var actions = new float[_shape.Count];
        for (int t = 0; t < _shape.Horizon; t++)
        {
            for (int d = 0; d < _shape.Dimensions; d++)
            {
                double sum = 0;
                for (int k = 0; k < _shape.Horizon; k++) sum += _cosines[k, t] * coefficients[(k * _shape.Dimensions) + d] / _definition.Scale;
                actions[(t * _shape.Dimensions) + d] = (float)((sum * _halfRange[d]) + _center[d]);
            }
        }

        return actions;
    }

    private List<int> Merge(List<int> symbols)
    {
        List<int> tokens = [.. symbols.Select(symbol => _definition.Vocabulary.SymbolTokens[symbol])];
        while (true)
        {
            (int Rank, int Token) best = (int.MaxValue, 0);
            int place = -1;
            ReadOnlySpan<int> span = CollectionsMarshal.AsSpan(tokens);
            for (int i = 0; i + 1 < span.Length; i++)
            {
                if (_merges.TryGetValue((span[i], span[i + 1]), out (int Rank, int Token) merge) && merge.Rank < best.Rank) (best, place) = (merge, i);
            }

            if (place < 0) return tokens;
            tokens[place] = best.Token;
            tokens.RemoveAt(place + 1);
        }
    }
}
