using System.Security.Cryptography;
using System.Text;

namespace Fast.Tokenizer.Interop.Hub;

/// <summary>The body of one answer on its way into the cache, checked against everything the Hub said of the file.</summary>
internal sealed class HubDownload(HubAddress address, HubFileInfo info, HubOptions options, IProgress<HubProgress>? progress)
{
    private const int BufferLength = 1 << 16;

    /// <summary>Writes the body and commits the blob; throws before that where the length or the hash is not the file's.</summary>
    public async Task SaveAsync(HttpResponseMessage response, HubBlob blob, CancellationTokenSource deadline)
    {
        if (response.Content.Headers.ContentEncoding.FirstOrDefault(encoding => encoding != "identity") is { } encoding)
            throw address.Problem($"the server sends it as {encoding} though it was asked not to: check the proxy");

        long? sent = response.Content.Headers.ContentLength, expected = info.Length ?? sent;
        RefuseOversize(Math.Max(sent ?? 0, expected ?? 0));
        if (sent is not null && sent != expected) throw WrongLength(expected!.Value, sent.Value);

        long received = await CopyAsync(response, blob.Stream, expected ?? 0, deadline).ConfigureAwait(false);
        if (expected is not null && received != expected) throw WrongLength(expected.Value, received);
        await CheckHashAsync(blob.Stream, deadline.Token).ConfigureAwait(false);
        blob.Commit();
    }

    private async Task<long> CopyAsync(HttpResponseMessage response, FileStream file, long total, CancellationTokenSource deadline)
    {
        Stream body = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
        byte[] buffer = new byte[BufferLength];
        long received = 0;
        while (true)
        {
            deadline.CancelAfter(options.Timeout);
            int count = await ReadAsync(body, buffer, deadline.Token).ConfigureAwait(false);
            if (count == 0) return received;
            received += count;
            RefuseOversize(received);
            await file.WriteAsync(buffer.AsMemory(0, count), deadline.Token).ConfigureAwait(false);
            progress?.Report(new HubProgress(address.File, received, total));
        }
    }

    // Told apart from a failing disk here, where it is known which of the two was at work.
    private async ValueTask<int> ReadAsync(Stream body, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException lost)
        {
            throw address.Problem(
                $"the connection was cut in the middle of the file: {lost.Message} Try again", transient: true, inner: lost);
        }
    }

    // A large file's tag is its SHA-256, another's is git's name of it; any other tag says nothing of the content.
    private async Task CheckHashAsync(FileStream file, CancellationToken cancellationToken)
    {
        string tag = info.ETag!;
        HashAlgorithmName? algorithm = tag.All(char.IsAsciiHexDigitLower)
            ? tag.Length switch
            {
                SHA256.HashSizeInBytes * 2 => HashAlgorithmName.SHA256,
                SHA1.HashSizeInBytes * 2 => HashAlgorithmName.SHA1,
                _ => null,
            }
            : null;
        if (algorithm is null) return;

        using var hash = IncrementalHash.CreateHash(algorithm.Value);
        if (algorithm == HashAlgorithmName.SHA1) hash.AppendData(Encoding.ASCII.GetBytes($"blob {file.Length}\0"));
        file.Position = 0;
        byte[] buffer = new byte[BufferLength];
        for (int count; (count = await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
            hash.AppendData(buffer, 0, count);
        string found = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (found != tag)
        {
            throw address.Problem(
                $"what was received has the {algorithm} hash {found}, the Hub says {tag}: "
                + "the file was damaged on its way; try again, or check the proxy");
        }
    }

    private void RefuseOversize(long length)
    {
        if (length > options.MaxFileLength)
        {
            throw address.Problem(
                $"it has {length} bytes or more, a tokenizer's file has at most {options.MaxFileLength}: "
                + "check that the repository is a tokenizer");
        }
    }

    private HubException WrongLength(long expected, long found) => address.Problem(
        $"{found} bytes were sent, the Hub says {expected}: the file was damaged on its way; try again, or check the proxy");
}
