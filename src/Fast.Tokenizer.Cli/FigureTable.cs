using System.Globalization;
using Spectre.Console;

namespace Fast.Tokenizer.Cli;

/// <summary>A table of named figures.</summary>
internal static class FigureTable
{
    /// <summary>Stands for a figure that does not exist.</summary>
    public const string None = "-";

    /// <summary>One row per figure.</summary>
    public static Table Of(params ReadOnlySpan<(string Name, string Value)> figures)
    {
        Table table = new Table { Border = TableBorder.Simple, ShowHeaders = false }.AddColumn(new TableColumn("").NoWrap()).AddColumn("");
        foreach ((string name, string value) in figures) table.AddRow(new Text(name), new Text(value));
        return table;
    }

    /// <summary>A figure with the digits that mean something.</summary>
    public static string Text(double? value) => value?.ToString("G4", CultureInfo.InvariantCulture) ?? None;

    /// <summary>A whole number.</summary>
    public static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
