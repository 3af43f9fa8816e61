using System.Globalization;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>The options of a verb: numbers of 1 or more, and where its files go.</summary>
internal sealed class VerbOptions
{
    private readonly Dictionary<string, double> _numbers;

    private VerbOptions(Dictionary<string, double> numbers) => _numbers = numbers;

    /// <summary>What <c>--work</c> names; the system's temporary folder where it is not given.</summary>
    public string Work { get; private set; } = Path.GetTempPath();

    /// <summary>The value of an option.</summary>
    public double this[string name] => _numbers[name];

    /// <summary>Reads options.</summary>
    /// <param name="arguments">Names and values.</param>
    /// <param name="known">What there is beside <c>--work</c>, and the defaults.</param>
    /// <returns>The options; null for wrong usage.</returns>
    public static VerbOptions? TryParse(string[] arguments, params (string Name, double Default)[] known)
    {
        var options = new VerbOptions(known.ToDictionary(option => option.Name, option => option.Default));
        foreach (string[] pair in arguments.Chunk(2))
        {
            if (pair is ["--work", var folder]) options.Work = folder;
            else if (pair is [var name, var text] && options._numbers.ContainsKey(name)
                && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number >= 1)
            {
                options._numbers[name] = number;
            }
            else return null;
        }

        return options;
    }
}
