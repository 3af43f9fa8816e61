namespace PolicyLoop;

/// <summary>What came of one way of running the loop.</summary>
internal sealed class Result
{
    private double _squares;
    private long _values;

    public int Broken { get; set; }

    public long Tokens { get; set; }

    public TimeSpan ConstraintTime { get; set; }

    public double Rmse => Math.Sqrt(_squares / _values);

    public void Add(ReadOnlySpan<float> decoded, ReadOnlySpan<double> recorded)
    {
        for (int i = 0; i < decoded.Length; i++) _squares += Math.Pow(decoded[i] - recorded[i], 2);
        _values += decoded.Length;
    }
}
