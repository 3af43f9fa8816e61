using System.Numerics;
using MathNet.Numerics.IntegralTransforms;

namespace Fast.Tokenizer.Transform;

/// <summary>The orthonormal transform through a Fourier transform of the same length, for lengths with no short core.</summary>
/// <remarks>
/// The samples are reordered, the even ones forwards and then the odd ones backwards (Makhoul 1980, "A fast cosine transform in one
/// and two dimensions").
/// </remarks>
internal sealed class FourierDct
{
    private readonly Complex[] _twiddles;
    private readonly int _length;

    public FourierDct(int length)
    {
        _length = length;
        _twiddles = new Complex[length];
        for (int k = 0; k < length; k++)
        {
            double angle = Math.PI * k / (2.0 * length), scale = Math.Sqrt((k == 0 ? 1.0 : 2.0) / length);
            _twiddles[k] = new Complex(scale * Math.Cos(angle), -scale * Math.Sin(angle));
        }
    }

    public void Run(ReadOnlySpan<double> source, int columns, Span<double> target, bool inverse)
    {
        if (inverse) Inverse(source, columns, target);
        else Forward(source, columns, target);
    }

    private void Forward(ReadOnlySpan<double> values, int columns, Span<double> coefficients)
    {
        var buffer = new Complex[_length];
        for (int column = 0; column < columns; column++)
        {
            for (int t = 0; t < _length; t++) buffer[Position(t)] = values[t * columns + column];
            Fourier.Forward(buffer, FourierOptions.NoScaling);
            for (int k = 0; k < _length; k++) coefficients[k * columns + column] = (buffer[k] * _twiddles[k]).Real;
        }
    }

    private void Inverse(ReadOnlySpan<double> coefficients, int columns, Span<double> values)
    {
        var buffer = new Complex[_length];
        for (int column = 0; column < columns; column++)
        {
            buffer[0] = coefficients[column] * _twiddles[0].Real;
            for (int k = 1; k < _length; k++)
            {
                var pair = new Complex(coefficients[k * columns + column], -coefficients[(_length - k) * columns + column]);
                buffer[k] = pair * Complex.Conjugate(_twiddles[k]) / 2;
            }

            Fourier.Inverse(buffer, FourierOptions.NoScaling);
            for (int t = 0; t < _length; t++) values[t * columns + column] = buffer[Position(t)].Real;
        }
    }

    private int Position(int t) => t % 2 == 0 ? t / 2 : _length - 1 - t / 2;
}
