using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Training;

/// <summary>The merges found so far, and how many there are to be.</summary>
internal sealed class MergesInTraining
{
    private readonly int _symbolCount;
    private readonly int _wanted;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly List<BpeMerge> _merges = [];
    private readonly List<int> _lengths;

    public MergesInTraining(int symbolCount, int vocabularySize, IProgress<TrainingProgress>? progress)
    {
        _symbolCount = symbolCount;
        _wanted = vocabularySize - symbolCount;
        _progress = progress;
        _lengths = [.. Enumerable.Repeat(1, symbolCount)];
    }

    /// <summary>Whether the vocabulary has the size that was asked for.</summary>
    public bool IsComplete => _merges.Count == _wanted;

    /// <summary>Merges that are still to be found, at most.</summary>
    public int Missing => _wanted - _merges.Count;

    /// <summary>The id that the next merge makes.</summary>
    public int NextToken => _symbolCount + _merges.Count;

    /// <summary>Number of symbols of each token.</summary>
    public IReadOnlyList<int> Lengths => _lengths;

    /// <summary>Adds a merge; each hundredth of them is reported.</summary>
    public void Add(int left, int right)
    {
        _merges.Add(new BpeMerge(left, right, NextToken));
        _lengths.Add(_lengths[left] + _lengths[right]);
        if (_merges.Count % Math.Max(1, _wanted / 100) == 0)
            _progress?.Report(new TrainingProgress(TrainingStage.Vocabulary, _merges.Count, _wanted));
    }

    /// <summary>Ends the training.</summary>
    public BpeVocabulary ToVocabulary()
    {
        _progress?.Report(new TrainingProgress(TrainingStage.Vocabulary, _merges.Count, _merges.Count));
        return new BpeVocabulary(_symbolCount, _merges.ToArray());
    }
}
