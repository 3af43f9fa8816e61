using nietras.SeparatedValues;

namespace Fast.Tokenizer.Datasets.Csv;

/// <summary>The rows of a text table behind its header, one at a time.</summary>
internal sealed class CsvTable : IDisposable
{
    private const int MaxColumns = 65536;
    private const int MaxLetters = 1024;
    private const int HeaderBytes = 65536;

    private readonly string _place;
    private readonly SepReader _reader;

    /// <summary>Opens a table and reads its header.</summary>
    /// <exception cref="InvalidDataException">The file is empty, or its first line is not a header of at least two columns.</exception>
    public CsvTable(string path)
    {
        _place = $"file '{path}'";
        if (DetectSeparator(path) is not { } separator)
        {
            throw new InvalidDataException(new FileInfo(path).Length == 0
                ? $"{_place}: is empty"
                : $"{_place}: the first line is not a header of columns that commas, semicolons or tabs part");
        }

        // Sep's own header refuses two columns of one name, which may be none that is read.
        SepReaderOptions options = Sep.New(separator).Reader() with { HasHeader = false, Unescape = true, DisableColCountCheck = true };
        var text = new StreamReader(path);
        try
        {
            _reader = options.From(text);
            Header = MoveNext() ? ReadHeader() : [];
        }
        catch
        {
            _reader?.Dispose();
            text.Dispose();
            throw;
        }
    }

    /// <summary>The names of the columns.</summary>
    public string[] Header { get; private set; } = [];

    /// <summary>The current row's first line in the file, from 1; the header is at 1.</summary>
    public int Line => _reader.Current.LineNumberFrom;

    /// <summary>Cells of the current row.</summary>
    public int Cells => _reader.Current.ColCount;

    /// <summary>The separator of the first line; null where that is not a header.</summary>
    public static char? DetectSeparator(string path)
    {
        using var text = new StreamReader(path);
        char[] start = new char[HeaderBytes];
        ReadOnlySpan<char> line = start.AsSpan(0, text.ReadBlock(start)).TrimStart("\r\n");
        (int commas, int semicolons, int tabs) = (0, 0, 0);
        bool quoted = false;
        foreach (char letter in line)
        {
            if (letter == '"') quoted = !quoted;
            else if (letter is '\r' or '\n' && !quoted) break;
            else if (letter == '\uFFFD' || (char.IsControl(letter) && letter is not ('\t' or '\r' or '\n'))) return null;
            else if (quoted) continue;
            else if (letter == ',') commas++;
            else if (letter == ';') semicolons++;
            else if (letter == '\t') tabs++;
        }

        int most = Math.Max(commas, Math.Max(semicolons, tabs));
        // JSON has commas too.
        return most == 0 || line[0] is '{' or '[' ? null : most == tabs ? '\t' : most == semicolons ? ';' : ',';
    }

    /// <summary>Goes to the next row that is not blank; false at the end.</summary>
    /// <exception cref="InvalidDataException">A row is longer than any table's, such as behind a quote that never ends.</exception>
    public bool MoveNext()
    {
        int line = Header.Length == 0 ? 1 : _reader.Current.LineNumberToExcl;
        try
        {
            while (_reader.MoveNext())
            {
                if (_reader.Current.Span.Length > 0) return true;
            }

            return false;
        }
        catch (Exception e) when (e is NotSupportedException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException(
                FormattableString.Invariant($"{_place}, row {line}: cannot be read; is a quote missing? {e.Message}"), e);
        }
    }

    /// <summary>A cell of the current row, without blanks around it.</summary>
    public ReadOnlySpan<char> Cell(int column) => _reader.Current[column].Span.Trim();

    public void Dispose() => _reader.Dispose();

    private string[] ReadHeader()
    {
        if (Cells > MaxColumns) throw new InvalidDataException($"{_place}: has {Cells} columns; more than {MaxColumns} are refused");
        string[] names = new string[Cells];
        for (int i = 0; i < names.Length; i++)
        {
            ReadOnlySpan<char> name = Cell(i);
            if (name.Length > MaxLetters)
                throw new InvalidDataException($"{_place}: column {i} has a name of {name.Length} letters; is it a header?");
            names[i] = name.ToString().ReplaceLineEndings(" ");
        }

        return names;
    }
}
