namespace Fast.Tokenizer.Training.Parts;

/// <summary>A sequence of small integers as a string of bytes, without the zeros at its end; one string for one sequence.</summary>
/// <remarks>
/// <para>0 to 30: one to 31 zeros. 31: 32 zeros and as many more as the varint that follows says.</para>
/// <para>From 32 up: a value that is not zero, folded to a number from 1 up (1, -1, 2, -2 ...). 32 to 127 are 1 to 96; 128 to 191 with
/// one byte more the next 16384, the high bits first; 192 with two bytes more the rest.</para>
/// </remarks>
internal static class SequenceKey
{
    private const int LongRun = 31;
    private const int Short = 32;
    private const int Middle = 128;
    private const int Wide = 192;
    private const int ShortCount = Middle - Short;
    private const int MiddleCount = (Wide - Middle) << 8;

    /// <summary>The longest string of a sequence of so many values.</summary>
    public static int MaxLength(int values) => (3 * values) + Varint.MaxLength;

    /// <summary>Writes a sequence.</summary>
    /// <param name="head">Values; the last is not zero.</param>
    /// <param name="key">Receives the string; at least <see cref="MaxLength"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(ReadOnlySpan<short> head, Span<byte> key)
    {
        int at = 0;
        for (int i = 0; i < head.Length; i++)
        {
            int value = head[i];
            if (value == 0)
            {
                int run = 1;
                while (head[i + run] == 0) run++;
                i += run - 1;
                if (run <= LongRun) key[at++] = (byte)(run - 1);
                else
                {
                    key[at++] = LongRun;
                    at = Varint.Write(key, at, (ulong)(run - LongRun - 1));
                }

                continue;
            }

            int folded = value > 0 ? 2 * (value - 1) : (-2 * value) - 1;
            if (folded < ShortCount) key[at++] = (byte)(Short + folded);
            else if (folded < ShortCount + MiddleCount)
            {
                folded -= ShortCount;
                key[at++] = (byte)(Middle + (folded >> 8));
                key[at++] = (byte)folded;
            }
            else
            {
                folded -= ShortCount + MiddleCount;
                key[at++] = Wide;
                key[at++] = (byte)(folded >> 8);
                key[at++] = (byte)folded;
            }
        }

        return at;
    }

    /// <summary>Reads a sequence.</summary>
    /// <param name="key">The string.</param>
    /// <param name="values">Receives the values; its length is that of the longest sequence.</param>
    /// <param name="length">Values read; the last is not zero.</param>
    /// <returns>False where no sequence is written so.</returns>
    public static bool TryRead(ReadOnlySpan<byte> key, Span<short> values, out int length)
    {
        length = 0;
        bool wasRun = false;
        for (int at = 0; at < key.Length;)
        {
            int code = key[at++];
            if (code <= LongRun)
            {
                ulong more = 0;
                if (wasRun || (code == LongRun && !Varint.TryRead(key, ref at, out more))) return false;
                if (more > (ulong)values.Length || length + code + 1 + (int)more >= values.Length) return false;
                int run = code + 1 + (int)more;
                values.Slice(length, run).Clear();
                length += run;
                wasRun = true;
                continue;
            }

            int folded;
            if (code < Middle) folded = code - Short;
            else if (code < Wide && at < key.Length) folded = ShortCount + ((code - Middle) << 8) + key[at++];
            else if (code == Wide && at + 1 < key.Length)
            {
                folded = ShortCount + MiddleCount + (key[at] << 8) + key[at + 1];
                at += 2;
            }
            else return false;
            int value = (folded & 1) == 0 ? (folded >> 1) + 1 : -((folded + 1) >> 1);
            if (length == values.Length || (short)value != value) return false;
            values[length++] = (short)value;
            wasRun = false;
        }

        return !wasRun;
    }
}
