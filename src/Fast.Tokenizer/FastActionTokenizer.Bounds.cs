using System.Buffers;
using System.Globalization;
using System.Numerics;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Quantization;
using Fast.Tokenizer.RateDistortion;

namespace Fast.Tokenizer;

// Encoding within an error bound. What a price per token does to the error of each dimension is only known once the tokens are decoded.
// So the price is searched for by halving, and each result is decoded as the receiver will decode it: a result counts only if it holds
// the bounds there. Then the error of dimensions that have room left is weighted less, and the search goes on from there.
public sealed partial class FastActionTokenizer
{
    private const double LowestPrice = 1e-3;
    private const double HighestPrice = 1e3;
    private const double EnormousPrice = 1e24;
    private const double HighestScale = 1e6;
    private const int FirstHalvings = 10;
    private const int Rounds = 3;
    private const int LaterHalvings = 4;

    private EncodeResult EncodeBounded<T>(
        ReadOnlySpan<T> actions,
        ActionShape shape,
        in ActionContext context,
        ReadOnlySpan<int> quantized,
        ReadOnlySpan<double> scaled,
        Span<int> tokens,
        TokenChooser chooser,
        ErrorBoundMode mode,
        int clipped)
        where T : struct, IFloatingPointIeee754<T>
    {
        mode.Check(shape);
        ActionShape encoded = Encoded(shape);
        int most = MostTokens(encoded), dimensions = shape.Dimensions;
        int[] ids = ArrayPool<int>.Shared.Rent((2 * most) + encoded.Count);
        double[] numbers = ArrayPool<double>.Shared.Rent((2 * shape.Count) + (2 * encoded.Count) + (4 * dimensions));
        try
        {
            Span<int> best = ids.AsSpan(0, most), tried = ids.AsSpan(most, most), decoded = ids.AsSpan(2 * most, encoded.Count);
            Span<double> exact = numbers.AsSpan(0, shape.Count), work = numbers.AsSpan(shape.Count, shape.Count);
            Span<double> weights = numbers.AsSpan(2 * shape.Count, encoded.Count);
            Span<double> values = numbers.AsSpan((2 * shape.Count) + encoded.Count, encoded.Count);
            Span<double> rest = numbers.AsSpan(2 * (shape.Count + encoded.Count), 4 * dimensions);
            Span<double> bounds = rest[..dimensions], weight = rest.Slice(dimensions, dimensions);
            Span<double> errors = rest.Slice(2 * dimensions, dimensions), bestErrors = rest.Slice(3 * dimensions, dimensions);
            for (int i = 0; i < actions.Length; i++) exact[i] = double.CreateTruncating(actions[i]);
            for (int d = 0; d < dimensions; d++) bounds[d] = mode.Bounds[mode.Bounds.Length == 1 ? 0 : d];
            FirstWeights(bounds, weight);

            EncodeResult result = chooser.Shortest(quantized, best);
            bool reached = Holds(best[..result.Count], shape, context, exact, bounds, mode.Kind, decoded, values, work, bestErrors);
            if (!reached && Definition.Reconstruction is not null)
            {
                // What an integer stands for may be further away than what its neighbour does.
                SpreadWeights(weight, encoded, weights);
                result = chooser.RateDistortion(quantized, scaled, LowestPrice, weights, best);
                reached = Holds(best[..result.Count], shape, context, exact, bounds, mode.Kind, decoded, values, work, bestErrors);
            }

            if (!reached) throw Missed(exact, bounds, bestErrors, mode.Kind, clipped + result.Clipped);

            double low = LowestPrice, high = HighestPrice;
            for (int round = 0; round <= Rounds; round++)
            {
                SpreadWeights(weight, encoded, weights);
                CoefficientLattice choices = chooser.Choices(quantized, scaled, weights, out _);
                try
                {
                    // Few bounds are so wide that the highest price still holds them; where one is, steps upwards come first.
                    bool climbs = round == 0;
                    int halvings = climbs ? FirstHalvings : LaterHalvings;
                    while (low < high && (climbs || halvings-- > 0))
                    {
                        double price = climbs ? high : Math.Sqrt(low * high);
                        int count = chooser.Cheapest(choices, price, tried);
                        bool holds = Holds(tried[..count], shape, context, exact, bounds, mode.Kind, decoded, values, work, errors);
                        if (holds) low = price;
                        else high = price;
                        climbs &= holds && high < EnormousPrice;
                        if (climbs) high *= HighestPrice;
                        if (!holds || count >= result.Count) continue;
                        result = result with { Count = count };
                        tried[..count].CopyTo(best);
                        errors.CopyTo(bestErrors);
                    }
                }
                finally
                {
                    choices.Dispose();
                }

                // A dimension at its bound keeps its weight; one far below it may err more. Without a bound the ratio may be no number.
                for (int d = 0; d < dimensions; d++)
                    weight[d] *= bestErrors[d] / bounds[d] is >= 0.5 and var ratio ? Math.Min(ratio, 1) : 0.5;
                (low, high) = (low / 2, low * 4);
            }

            if (result.Count > tokens.Length)
                throw new ArgumentException($"the result does not fit into {tokens.Length} tokens: use MaxTokenCount", nameof(tokens));
            best[..result.Count].CopyTo(tokens);
            return result;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(ids);
            ArrayPool<double>.Shared.Return(numbers);
        }
    }

    // An error of the size of its bound counts the same in all dimensions.
    private void FirstWeights(ReadOnlySpan<double> bounds, Span<double> weight)
    {
        double largest = 0;
        for (int d = 0, column = 0; d < weight.Length; d++)
        {
            weight[d] = 0;
            if (_space is { } space && !space.Dimensions[d].Encoded) continue;
            double steps = (Definition.Normalizer?.MeanUnit(column++) ?? 1) / bounds[d];
            weight[d] = steps * steps;
            largest = Math.Max(largest, weight[d]);
        }

        for (int d = 0; d < weight.Length; d++) weight[d] = largest > 0 && double.IsFinite(largest) ? weight[d] / largest : 1;
    }

    private void SpreadWeights(ReadOnlySpan<double> weight, ActionShape encoded, Span<double> weights)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            int column = Definition.Order == CoefficientOrder.DimensionMajor ? i / encoded.Horizon : i % encoded.Dimensions;
            weights[i] = weight[_space is null ? column : _space.EncodedDimensions[column]];
        }
    }

    // Decodes to what the caller has, float32 or float64; float64 is also checked as float32, since that is what most receivers ask for.
    private bool Holds(
        ReadOnlySpan<int> tokens,
        ActionShape shape,
        in ActionContext context,
        ReadOnlySpan<double> exact,
        ReadOnlySpan<double> bounds,
        BoundedError kind,
        Span<int> coefficients,
        Span<double> values,
        Span<double> work,
        Span<double> errors)
    {
        if (!_codec.Decode(tokens, coefficients).IsComplete) return false;
        Restore(coefficients, shape, context, work, values, values);
        ActionSpace? space = Space(shape, context);
        int dimensions = shape.Dimensions;
        bool holds = true;
        for (int d = 0; d < dimensions; d++)
        {
            // What comes back as a fill value was not asked of the tokens.
            errors[d] = 0;
            if (space is not null && (!space.Dimensions[d].Encoded || context.IsMasked(d))) continue;

            double largest = 0, squares = 0;
            for (int i = d; i < exact.Length; i += dimensions)
            {
                double error = space is null
                    ? Math.Max(Math.Abs(work[i] - exact[i]), Math.Abs((float)work[i] - exact[i]))
                    : Math.Max(Math.Abs(space.Difference(d, work[i], exact[i])), Math.Abs(space.Difference(d, (float)work[i], exact[i])));
                largest = Math.Max(largest, error);
                squares += error * error;
            }

            errors[d] = kind == BoundedError.Largest ? largest : Math.Sqrt(squares / shape.Horizon);
            holds &= errors[d] <= bounds[d];
        }

        return holds;
    }

    private ErrorBoundException Missed(
        ReadOnlySpan<double> exact, ReadOnlySpan<double> bounds, ReadOnlySpan<double> errors, BoundedError kind, int clipped)
    {
        int worst = 0;
        for (int d = 1; d < errors.Length; d++) worst = errors[d] / bounds[d] > errors[worst] / bounds[worst] ? d : worst;
        double scale = Definition.Scale * (errors[worst] / bounds[worst]) * 1.1, single = 0;
        bool snapped = false;
        for (int i = worst; i < exact.Length; i += bounds.Length)
        {
            single = Math.Max(single, Math.Abs((float)exact[i] - exact[i]));
            snapped |= _space?.Dimensions[worst].Binary is { } binary && Math.Abs(binary.Snap(exact[i]) - exact[i]) > bounds[worst];
        }

        string name = kind == BoundedError.Largest ? "largest error" : "RMSE";
        string remedy = clipped > 0 ? "values were clipped: normalise without clipping, or with a wider range or alphabet"
            : snapped ? "it is binary and its values are neither low nor high: give a larger bound"
            : single > bounds[worst] ? "decoded to float32, values of this size are no finer than that: give a larger bound"
            : scale > HighestScale ? "no scale is that fine: give a larger bound"
            : string.Create(CultureInfo.InvariantCulture, $"train with a scale of about {scale:G3} or more");
        return new ErrorBoundException(
            string.Create(CultureInfo.InvariantCulture,
                $"the {name} of dimension {worst} is {errors[worst]:G4} at best, the bound {bounds[worst]:G4}: at scale {Definition.Scale}; {remedy}"),
            worst,
            errors[worst],
            bounds[worst]);
    }
}
