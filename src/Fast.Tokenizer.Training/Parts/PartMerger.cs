using Fast.Tokenizer.Interop;

namespace Fast.Tokenizer.Training.Parts;

/// <summary>Merges parts that belong together.</summary>
internal static class PartMerger
{
    // Names of dimensions and of files may be long.
    private const int MaxShown = 200;

    /// <summary>Checks that parts belong together, and merges them into a file.</summary>
    /// <param name="parts">The parts, at least one.</param>
    /// <param name="settings">What each says.</param>
    /// <param name="output">The file to write.</param>
    /// <param name="fanIn">The most parts that are read at once, at least 2.</param>
    /// <param name="progress">Told of the entries written; may be null.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static void Merge(
        PartFile[] parts,
        PartSettings[] settings,
        string output,
        int fanIn,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        CheckAlike(parts, settings);
        PartHeader header = parts[0].Header with
        {
            Chunks = Chunks(parts),
            Coefficients = Coefficients(parts),
            Shards = Shards(parts, settings),
        };
        int length = parts[0].Kind == CorpusPartKind.Statistics ? ValueKey.MaxLength : SequenceKey.MaxLength(settings[0].Encoded.Count);
        long most = parts.Aggregate(0L, (sum, part) => Sum(sum, part.Header.Entries, parts));
        using var sorter = new KeySorter(output, length);
        int columns = settings[0].Columns;
        Func<ReadOnlySpan<byte>, bool>? isKey = header.Statistics is null ? null : key => ValueKey.IsValue(key, columns);
        using KeyCursor keys = sorter.Merge(
            parts.Select<PartFile, Func<KeyCursor>>(part => () => part.ReadBody(length, isKey)), fanIn, cancellationToken);
        using var file = new PartOutput(output, parts[0].Kind);
        Action<long>? report = progress is null ? null : done => progress.Report(new TrainingProgress(TrainingStage.Merging, done, most));
        ExactStatistics? statistics = header.Statistics is null ? null : new ExactStatistics(columns);
        (long entries, long counted) = file.WriteBody(keys, statistics, report, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        file.Commit(header with
        {
            Entries = entries,
            Counted = counted,
            Statistics = statistics is null ? null : ManifestEntries.Statistics(statistics.ToStatistics()),
        });
    }

    private static void CheckAlike(PartFile[] parts, PartSettings[] settings)
    {
        // What a part does not say goes with anything, so a part is compared with the first, and with the first that says more.
        List<int> compared = [];
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i].Kind != parts[0].Kind)
            {
                (string one, string other) = parts[0].Kind == CorpusPartKind.Statistics
                    ? (parts[0].Name, parts[i].Name)
                    : (parts[i].Name, parts[0].Name);
                throw new InvalidDataException($"{one} holds statistics, {other} coefficients: merge parts of one pass");
            }

            foreach (int other in compared)
            {
                if (settings[i].DifferenceFrom(settings[other]) is not { } difference) continue;
                throw new InvalidDataException(
                    $"{parts[i].Name} has {difference.What} {Shown(difference.Mine)}, {parts[other].Name} has {Shown(difference.Theirs)}: "
                    + "merge parts that were counted alike");
            }

            if (i == 0 || settings[i].SaysMoreThan(compared.Select(other => settings[other]))) compared.Add(i);
        }
    }

    private static PartHeader.ChunkEntry Chunks(PartFile[] parts)
    {
        ActionMetadata[] known = [.. parts.Select(part => part.Header.Chunks.Actions)];
        return parts[0].Header.Chunks with
        {
            Actions = known[0] with
            {
                Rate = known.Select(actions => actions.Rate).FirstOrDefault(rate => rate is not null),
                DimensionNames = known.Select(actions => actions.DimensionNames).FirstOrDefault(names => names is not null),
                DimensionUnits = known.Select(actions => actions.DimensionUnits).FirstOrDefault(units => units is not null),
            },
        };
    }

    private static PartHeader.CoefficientsEntry? Coefficients(PartFile[] parts)
    {
        if (parts[0].Header.Coefficients is not { } first) return null;
        PartHeader.CoefficientsEntry[] seen =
            [.. parts.Where(part => part.Header.Entries > 0).Select(part => part.Header.Coefficients!)];
        return first with
        {
            Mass = seen.Aggregate(0L, (sum, entry) => Sum(sum, entry.Mass, parts)),
            MinCoefficient = seen.Length == 0 ? 0 : seen.Min(entry => entry.MinCoefficient),
            MaxCoefficient = seen.Length == 0 ? 0 : seen.Max(entry => entry.MaxCoefficient),
        };
    }

    private static PartHeader.ShardEntry[] Shards(PartFile[] parts, PartSettings[] settings)
    {
        var owners = new Dictionary<string, PartFile>(StringComparer.Ordinal);
        foreach (PartFile part in parts)
        {
            foreach (PartHeader.ShardEntry shard in part.Header.Shards)
            {
                if (owners.TryAdd(shard.Id, part)) continue;
                PartFile other = owners[shard.Id];
                throw new InvalidDataException(
                    $"{part.Name} and {other.Name} both hold shard '{Shown(shard.Name)}', which would count twice: leave one of them out");
            }
        }

        _ = settings.Aggregate(0L, (sum, one) => Sum(sum, one.Windows, parts));
        return [.. parts.SelectMany(part => part.Header.Shards).OrderBy(shard => shard.Id, StringComparer.Ordinal)];
    }

    private static string Shown(string text) => ForeignText.Shown(text, MaxShown);

    private static long Sum(long a, long b, PartFile[] parts)
    {
        try
        {
            return checked(a + b);
        }
        catch (OverflowException problem)
        {
            throw new InvalidDataException($"the counts of {parts.Length} parts from {parts[0].Name} on are too large to add up", problem);
        }
    }
}
