using System.Text;

namespace Fast.Tokenizer.Fuzz;

/// <summary>Code that takes bytes from elsewhere, and what it may do with them.</summary>
/// <remarks>Instrumented code may run only while an input does: a constructor touches nothing of the product.</remarks>
/// <param name="name">What the target is called on the command line; also its folder in <c>Corpus</c>.</param>
internal abstract class FuzzTarget(string name)
{
    /// <summary>What the target is called on the command line.</summary>
    public string Name { get; } = name;

    /// <summary>Inputs that <c>dotnet test</c> makes of the corpus.</summary>
    public virtual int Cases => 4000;

    /// <summary>The share of these that must be refused: fewer mean that the inputs do not reach what refuses.</summary>
    public virtual double LeastRefused => 0.1;

    /// <summary>Texts that the format knows and that inputs are put together from.</summary>
    public virtual IReadOnlyList<string> Words => [];

    /// <summary>Inputs to start from, as the product or a test writes them; those of <c>Corpus</c> are added.</summary>
    public abstract IEnumerable<byte[]> Seeds();

    /// <summary>Makes what inputs share, where it is not made yet: it is no input's time or memory.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>Takes an input. Returns where it was taken, and throws what <see cref="Allows"/> where it is refused.</summary>
    public abstract void Run(ReadOnlySpan<byte> input);

    /// <summary>Whether the library documents this exception for an input that it refuses.</summary>
    public virtual bool Allows(Exception problem) => problem is InvalidDataException;

    /// <summary>Bytes that may be allocated for an input, in all.</summary>
    public virtual long MemoryLimit(int length) => UsualMemoryLimit(length);

    /// <summary>Bytes that all but one input in a hundred must do with.</summary>
    public virtual long UsualMemoryLimit(int length) => (8 << 20) + (2048L * length);

    /// <summary>What the message of a refusal must name, such as the file; null for nothing.</summary>
    public virtual string? Place => null;

    protected static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
