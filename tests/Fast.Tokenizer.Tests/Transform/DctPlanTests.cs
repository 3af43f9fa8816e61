using Fast.Tokenizer.Transform;

namespace Fast.Tokenizer.Tests.Transform;

public sealed class DctPlanTests
{
    private const double Tolerance = 1e-12;

    // Short, odd, even, split once, split often, odd core under splits, and both sides of where splitting begins.
    private static readonly int[] _lengths =
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16, 23, 24, 25, 47, 48, 49, 50, 94, 96, 98, 100, 101, 128, 200, 384];

    [Fact]
    public void Coefficients_match_scipy_at_every_golden_length()
    {
        Npz golden = Npz.Open(TestData.Locate("golden", "dct.npz"));
        string[] names = [.. golden.Names.Where(name => name.StartsWith("x_", StringComparison.Ordinal))];
        Assert.Equal(32, names.Length);
        foreach (string name in names)
        {
            NpzArray x = golden[name], y = golden["y_" + name[2..]];
            int length = x.Shape[0], columns = x.Shape[1];
            var plan = new DctPlan(length);
            AssertColumnsClose(y.Values, Forward(plan, x.Values, columns), columns, $"forward, T = {length}");
            AssertColumnsClose(x.Values, Inverse(plan, y.Values, columns), columns, $"inverse, T = {length}");
        }
    }

    [Fact]
    public void Every_length_to_1024_matches_the_definition_both_ways() =>
        Parallel.For(1, 1025, new ParallelOptions { MaxDegreeOfParallelism = 2 }, length => AssertMatchesDefinition(length, columns: 1));

    [Theory]
    [InlineData(1536)]
    [InlineData(2047)]
    [InlineData(2048)]
    [InlineData(4096)]
    public void Long_lengths_match_the_definition(int length) => AssertMatchesDefinition(length, columns: 1);

    [Theory]
    [InlineData(2053)] // prime
    [InlineData(2187)] // 3^7
    [InlineData(4106)] // twice a prime
    public void Lengths_without_a_short_core_match_the_definition(int length) => AssertMatchesDefinition(length, columns: 2);

    [Fact]
    public void Random_shapes_match_the_definition()
    {
        var random = new Random(5);
        for (int i = 0; i < 100; i++) AssertMatchesDefinition(random.Next(1, 130), random.Next(1, 40));
    }

    [Fact]
    public void The_inverse_undoes_the_transform_and_the_energy_stays()
    {
        foreach (int length in _lengths)
        {
            var plan = new DctPlan(length);
            double[] x = Random(length, 3, seed: length);
            double[] y = Forward(plan, x, 3);
            AssertColumnsClose(x, Inverse(plan, y, 3), 3, $"round trip, T = {length}");
            double energy = x.Sum(v => v * v);
            Assert.True(Math.Abs(y.Sum(v => v * v) - energy) <= Tolerance * energy, $"the energy changes at T = {length}");
        }
    }

    [Fact]
    public void The_rows_of_the_transform_are_orthonormal()
    {
        foreach (int length in _lengths.Where(length => length <= 101))
        {
            // The transform of the unit matrix is the matrix itself: column t holds the response to step t.
            var unit = new double[length * length];
            for (int i = 0; i < length; i++) unit[i * length + i] = 1;
            double[] matrix = Forward(new DctPlan(length), unit, length);
            for (int a = 0; a < length; a++)
            {
                for (int b = 0; b <= a; b++)
                {
                    double product = 0;
                    for (int t = 0; t < length; t++) product += matrix[a * length + t] * matrix[b * length + t];
                    Assert.Equal(a == b ? 1.0 : 0.0, product, 1e-14 * Math.Max(10, length));
                }
            }
        }
    }

    [Fact]
    public void A_constant_has_a_coefficient_at_frequency_zero_only()
    {
        foreach (int length in _lengths)
        {
            double[] y = Forward(new DctPlan(length), [.. Enumerable.Repeat(0.75, length)], 1);
            Assert.Equal(0.75 * Math.Sqrt(length), y[0], Tolerance);
            Assert.All(y[1..], coefficient => Assert.Equal(0, coefficient, Tolerance));
        }
    }

    [Fact]
    public void A_cosine_of_the_basis_has_one_coefficient()
    {
        foreach (int length in _lengths.Where(length => length > 3))
        {
            var plan = new DctPlan(length);
            int k = length * 2 / 3;
            var y = new double[length];
            y[k] = 2;
            double[] x = Inverse(plan, y, 1);
            for (int t = 0; t < length; t++)
                Assert.Equal(2 * Math.Sqrt(2.0 / length) * Math.Cos(Math.PI * (2 * t + 1) * k / (2.0 * length)), x[t], Tolerance);
            AssertColumnsClose(y, Forward(plan, x, 1), 1, $"T = {length}");
        }
    }

    [Fact]
    public void Every_vector_width_gives_the_same_bits()
    {
        foreach (int length in _lengths)
        {
            DctPlan[] plans = [.. new[] { 2, 4, 8 }.Select(lanes => new DctPlan(length, lanes)), new DctPlan(length)];
            var scalar = new DctPlan(length, lanes: 1);
            foreach (int columns in Enumerable.Range(1, 20).Append(44))
            {
                double[] x = Random(length, columns, seed: 100 * length + columns);
                double[] y = Forward(scalar, x, columns), back = Inverse(scalar, y, columns);
                foreach (DctPlan plan in plans)
                {
                    Assert.Equal(Bits(y), Bits(Forward(plan, x, columns)));
                    Assert.Equal(Bits(back), Bits(Inverse(plan, y, columns)));
                }
            }
        }
    }

    [Theory]
    [InlineData(50)]
    [InlineData(96)]
    [InlineData(101)]
    [InlineData(2053)]
    public void A_column_has_the_same_bits_alone_and_among_others(int length)
    {
        const int Columns = 11;
        var plan = new DctPlan(length);
        double[] x = Random(length, Columns, seed: 3);
        double[] y = Forward(plan, x, Columns);
        for (int c = 0; c < Columns; c++)
            Assert.Equal(Bits(Column(y, Columns, c)), Bits(Forward(plan, Column(x, Columns, c), 1)));
    }

    // Run with instruction sets switched off, this compares machines. A change here can be a change of tokens.
    [Fact]
    public void The_bits_are_those_of_every_other_machine()
    {
        ulong hash = 14695981039346656037;
        foreach (int length in _lengths)
        {
            // A generator of our own: the one of the runtime may change.
            ulong state = (ulong)length;
            var x = new double[length * 7];
            for (int i = 0; i < x.Length; i++)
            {
                state = state * 6364136223846793005 + 1442695040888963407;
                x[i] = (long)(state >> 11) / (double)(1L << 52) - 1;
            }

            var plan = new DctPlan(length);
            double[] y = Forward(plan, x, 7);
            foreach (long bits in Bits(y).Concat(Bits(Inverse(plan, y, 7)))) hash = (hash ^ (ulong)bits) * 1099511628211;
        }

        Assert.Equal(6828552542618382755UL, hash);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(50)]
    [InlineData(96)]
    [InlineData(2053)]
    public void In_place_and_overlapping_memory_give_the_same_bits(int length)
    {
        const int Columns = 11;
        var plan = new DctPlan(length);
        double[] x = Random(length, Columns, seed: 9);
        double[] y = Forward(plan, x, Columns), back = Inverse(plan, y, Columns);

        double[] place = [.. x];
        plan.Forward(place, Columns, place);
        Assert.Equal(Bits(y), Bits(place));
        plan.Inverse(place, Columns, place);
        Assert.Equal(Bits(back), Bits(place));

        double[] shifted = [.. x, 0, 0, 0];
        plan.Forward(shifted.AsSpan(0, x.Length), Columns, shifted.AsSpan(3));
        Assert.Equal(Bits(y), Bits(shifted[3..]));
    }

    [Fact]
    public void Nothing_outside_the_target_is_written()
    {
        foreach (int length in _lengths)
        {
            foreach (int columns in new[] { 1, 2, 3, 5, 7, 9, 14, 17 })
            {
                var plan = new DctPlan(length);
                double[] x = Random(length, columns, seed: 1), target = new double[x.Length + 40];
                plan.Forward(x, columns, target.AsSpan(20, x.Length));
                plan.Inverse(x, columns, target.AsSpan(20, x.Length));
                Assert.All(target[..20].Concat(target[^20..]), guard => Assert.Equal(0, guard));
            }
        }
    }

    [Fact]
    public void One_plan_serves_many_threads()
    {
        var plan = new DctPlan(96);
        double[][] inputs = [.. Enumerable.Range(0, 200).Select(seed => Random(96, 14, seed))];
        double[][] expected = [.. inputs.Select(x => Forward(plan, x, 14))];
        var actual = new double[inputs.Length][];
        Parallel.For(0, inputs.Length, i => actual[i] = Forward(plan, inputs[i], 14));
        for (int i = 0; i < inputs.Length; i++) Assert.Equal(Bits(expected[i]), Bits(actual[i]));
    }

    [Theory]
    [InlineData(5, 7)]
    [InlineData(50, 14)]
    [InlineData(1024, 3)]
    public void Repeated_calls_do_not_allocate(int length, int columns)
    {
        var plan = new DctPlan(length);
        double[] x = Random(length, columns, seed: 2), y = new double[x.Length];
        Assert.Equal(0, Allocated.By(Call));

        void Call()
        {
            plan.Forward(x, columns, y);
            plan.Inverse(y, columns, y);
        }
    }

    [Fact]
    public void Zero_stays_zero_and_a_bad_number_stays_in_its_column()
    {
        var plan = new DctPlan(50);
        Assert.All(Forward(plan, new double[50 * 5], 5), coefficient => Assert.Equal(0, coefficient));

        double[] x = Random(50, 7, seed: 4);
        x[10 * 7 + 3] = double.NaN;
        double[] y = Forward(plan, x, 7);
        for (int i = 0; i < y.Length; i++) Assert.Equal(i % 7 == 3, double.IsNaN(y[i]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_length_below_one_is_refused_by_name(int length)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new DctPlan(length));
        Assert.Equal("length", error.ParamName);
        Assert.Contains($"length is {length}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void Columns_below_one_are_refused_by_name(int columns)
    {
        var plan = new DctPlan(4);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => plan.Forward([], columns, []));
        Assert.Equal("columns", error.ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => plan.Inverse([], columns, []));
    }

    [Theory]
    [InlineData(11, 12, "values")]
    [InlineData(13, 12, "values")]
    [InlineData(12, 11, "coefficients")]
    [InlineData(12, 13, "coefficients")]
    [InlineData(0, 12, "values")]
    public void A_span_of_the_wrong_length_is_refused_with_both_sizes(int values, int coefficients, string culprit)
    {
        var plan = new DctPlan(4);
        var error = Assert.Throws<ArgumentException>(() => plan.Forward(new double[values], 3, new double[coefficients]));
        Assert.Equal(culprit, error.ParamName);
        Assert.Contains($"holds {(values == 12 ? coefficients : values)} numbers", error.Message, StringComparison.Ordinal);
        Assert.Contains("[4, 3] needs 12", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(culprit, () => plan.Inverse(new double[coefficients], 3, new double[values]));
    }

    [Fact]
    public void Columns_whose_product_overflows_are_refused() =>
        Assert.Throws<ArgumentException>(() => new DctPlan(1024).Forward(new double[1024], int.MaxValue, new double[1024]));

    private static void AssertMatchesDefinition(int length, int columns)
    {
        var plan = new DctPlan(length);
        var reference = new DctReference(length);
        double[] x = Random(length, columns, seed: length);
        AssertColumnsClose(reference.Forward(x, columns), Forward(plan, x, columns), columns, $"forward, T = {length}");
        AssertColumnsClose(reference.Inverse(x, columns), Inverse(plan, x, columns), columns, $"inverse, T = {length}");
    }

    private static void AssertColumnsClose(double[] expected, double[] actual, int columns, string where)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int c = 0; c < columns; c++)
        {
            double[] e = Column(expected, columns, c), a = Column(actual, columns, c);
            double largest = e.Max(Math.Abs);
            for (int i = 0; i < e.Length; i++)
                Assert.True(Math.Abs(e[i] - a[i]) <= Tolerance * largest, $"{where}, row {i}, column {c}: expected {e[i]:R}, got {a[i]:R}");
        }
    }

    private static double[] Forward(DctPlan plan, double[] values, int columns)
    {
        var coefficients = new double[values.Length];
        plan.Forward(values, columns, coefficients);
        return coefficients;
    }

    private static double[] Inverse(DctPlan plan, double[] coefficients, int columns)
    {
        var values = new double[coefficients.Length];
        plan.Inverse(coefficients, columns, values);
        return values;
    }

    private static double[] Column(double[] matrix, int columns, int column) =>
        [.. Enumerable.Range(0, matrix.Length / columns).Select(t => matrix[t * columns + column])];

    private static long[] Bits(double[] values) => Array.ConvertAll(values, BitConverter.DoubleToInt64Bits);

    private static double[] Random(int length, int columns, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length * columns).Select(_ => random.NextDouble() * 2 - 1)];
    }
}
