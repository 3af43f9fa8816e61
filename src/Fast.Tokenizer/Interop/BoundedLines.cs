using System.Collections;

namespace Fast.Tokenizer.Interop;

/// <summary>The lines of a file, without their ends, none longer than <see cref="StatisticsFile.MaxLength"/>.</summary>
/// <remarks>A line is valid until the next one is asked for.</remarks>
internal sealed class BoundedLines(Stream stream, string file) : IEnumerable<ReadOnlyMemory<byte>>
{
    public IEnumerator<ReadOnlyMemory<byte>> GetEnumerator()
    {
        byte[] buffer = new byte[1 << 16];
        int start = 0, end = 0, number = 1;
        while (true)
        {
            int length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                yield return buffer.AsMemory(start, length);
                start += length + 1;
                number++;
                continue;
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end > StatisticsFile.MaxLength) throw StatisticsFile.TooLong($"{file}, line {number},");
            if (end == buffer.Length) Array.Resize(ref buffer, 2 * buffer.Length);
            int read = stream.Read(buffer, end, buffer.Length - end);
            end += read;
            if (read > 0) continue;

            if (end > 0) yield return buffer.AsMemory(0, end);
            yield break;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
