namespace PolicyLoop;

/// <summary>
/// A policy small enough to train in a second: the next token from the two before it and from its place in the chunk, smoothed. It stands
/// for the transformer; it sees model ids and gives a row of logits over the whole language-model vocabulary, as ONNX Runtime or TorchSharp
/// would.
/// </summary>
internal sealed class NGramPolicy(int endId)
{
    private const int Start = -1;

    // How much of the guess comes from two tokens, one token at this place, one token, and no context.
    private const double TwoTokens = 0.5, OneTokenHere = 0.3, OneToken = 0.15, NoContext = 0.05;
    private const float Never = -30;

    private readonly Dictionary<(int, int), Counts> _afterTwo = [];
    private readonly Dictionary<(int, int), Counts> _afterOneHere = [];
    private readonly Dictionary<int, Counts> _afterOne = [];
    private readonly Counts _ever = new();

    /// <summary>Learns one sequence of model ids and that the end follows it.</summary>
    public void Learn(ReadOnlySpan<int> modelIds)
    {
        (int before, int last) = (Start, Start);
        for (int i = 0; i <= modelIds.Length; i++)
        {
            int next = i < modelIds.Length ? modelIds[i] : endId;
            Add(_afterTwo, (before, last), next);
            Add(_afterOneHere, (i, last), next);
            Add(_afterOne, last, next);
            _ever.Add(next);
            (before, last) = (last, next);
        }
    }

    /// <summary>Fills a row of logits for what follows the ids so far.</summary>
    public void Predict(ReadOnlySpan<int> soFar, Span<float> logits)
    {
        logits.Fill(Never);
        int last = soFar.Length > 0 ? soFar[^1] : Start, before = soFar.Length > 1 ? soFar[^2] : Start;
        Counts? two = _afterTwo.GetValueOrDefault((before, last)), here = _afterOneHere.GetValueOrDefault((soFar.Length, last)), one = _afterOne.GetValueOrDefault(last);
        foreach (int id in _ever.Ids)
        {
            double share = (TwoTokens * Share(two, id)) + (OneTokenHere * Share(here, id)) + (OneToken * Share(one, id)) + (NoContext * Share(_ever, id));
            logits[id] = (float)Math.Log(share);
        }
    }

    private static double Share(Counts? counts, int id) => counts?.Share(id) ?? 0;

    private static void Add<T>(Dictionary<T, Counts> contexts, T context, int next)
        where T : notnull
    {
        if (!contexts.TryGetValue(context, out Counts? counts)) contexts[context] = counts = new Counts();
        counts.Add(next);
    }

    private sealed class Counts
    {
        private readonly Dictionary<int, int> _of = [];
        private int _total;

        public IEnumerable<int> Ids => _of.Keys;

        public void Add(int id)
        {
            _of[id] = _of.GetValueOrDefault(id) + 1;
            _total++;
        }

        public double Share(int id) => (double)_of.GetValueOrDefault(id) / _total;
    }
}
