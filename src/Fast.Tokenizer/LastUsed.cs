namespace Fast.Tokenizer;

/// <summary>
/// The values made for the keys a tokenizer was used with, such as one transform plan per horizon; reading takes no lock.
/// </summary>
/// <param name="make">Makes the value of a key.</param>
internal sealed class LastUsed<T>(Func<int, T> make)
{
    // A policy uses one or two horizons. Whoever walks through many should not keep them all.
    private const int Capacity = 16;

    private (int Key, T Value)[] _entries = [];

    public T Get(int key)
    {
        foreach ((int known, T value) in Volatile.Read(ref _entries))
        {
            if (known == key) return value;
        }

        return Add(key);
    }

    private T Add(int key)
    {
        T value = make(key);
        (int, T)[] before = Volatile.Read(ref _entries);
        (int, T)[] after = before.Length < Capacity ? [.. before, (key, value)] : [(key, value)];

        // Where two threads add at once one of the values is dropped and made again when next needed.
        Interlocked.CompareExchange(ref _entries, after, before);
        return value;
    }
}
