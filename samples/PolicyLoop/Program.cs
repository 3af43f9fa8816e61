using System.Diagnostics;
using Fast.Tokenizer;
using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Training;
using PolicyLoop;
using QuickStart;

// An autoregressive policy emits PaliGemma ids one at a time. Left to itself it breaks a share of its chunks; under the constraint it
// cannot.
const int Chunks = 200, Seconds = 1, GivenTokens = 4, EndId = 1;
const float Temperature = 0.7f;

// 1. A tokenizer for one-second chunks, and the model's ids for its tokens.
IReadOnlyList<Episode> episodes = ReachingMotion.Generate();
var shape = new ActionShape(horizon: 20 * Seconds, ReachingMotion.Metadata.Dimensions ?? 8);
Episode[] training = [.. episodes.Take(240)], heldOut = [.. episodes.Skip(240)];
var trainer = new ActionTokenizerTrainer(new TrainingOptions { Horizon = shape.Horizon });
FastActionTokenizer tokenizer = (await trainer.TrainAsync(new EpisodeList(training))).Tokenizer;
var map = new PaliGemmaIdMap(tokenizer.VocabularySize);

// 2. The policy learns tokenised motion.
var policy = new NGramPolicy(EndId);
foreach (Episode episode in training)
{
    for (int step = 0; step + shape.Horizon <= episode.Steps; step += 2) policy.Learn(Ids(episode, step));
}

// 3. The loop: it is given the first tokens of a held-out chunk, which carry its low frequencies, and goes on until it says that it is
// done.
var grammar = new TokenGrammar(tokenizer, shape, new TokenGrammarOptions { ModelIds = map, EndId = EndId });
Result free = Run(constrained: false), held = Run(constrained: true);

Console.WriteLine($"{Chunks} chunks of {shape}, the first {GivenTokens} tokens given, sampled at temperature {Temperature}");
Console.WriteLine();
Console.WriteLine($"{"",-22}{"unconstrained",14}{"constrained",14}");
Console.WriteLine($"{"broken chunks",-22}{(double)free.Broken / Chunks,14:P1}{(double)held.Broken / Chunks,14:P1}");
Console.WriteLine($"{"tokens per chunk",-22}{(double)free.Tokens / Chunks,14:F1}{(double)held.Tokens / Chunks,14:F1}");
Console.WriteLine($"{"RMSE of whole chunks",-22}{free.Rmse,14:F3}{held.Rmse,14:F3}  rad, the policy's own error");
Console.WriteLine();
Console.WriteLine($"the constraint takes {held.ConstraintTime.TotalMicroseconds / held.Tokens:F1} us a token, over a row of {PaliGemmaIdMap.DefaultVocabularySize} logits");
return held.Broken == 0 ? 0 : 1;

Result Run(bool constrained)
{
    var result = new Result();
    var random = new Random(1);
    var constraint = new TokenConstraint(grammar);
    var logits = new float[PaliGemmaIdMap.DefaultVocabularySize];
    var actions = new float[shape.Count];
    for (int i = 0; i < Chunks; i++)
    {
        Episode episode = heldOut[i % heldOut.Length];
        int step = i % (episode.Steps - shape.Horizon);
        List<int> ids = [.. Ids(episode, step).Take(GivenTokens)];
        constraint.Reset();
        foreach (int id in ids) constraint.Accept(id);

        while (ids.Count < shape.Count)
        {
            policy.Predict(ids.ToArray(), logits);
            if (constrained)
            {
                long before = Stopwatch.GetTimestamp();
                constraint.ApplyTo(logits);
                result.ConstraintTime += Stopwatch.GetElapsedTime(before);
            }

            int id = Sample(logits, random);
            if (constrained) constraint.Accept(id);
            if (id == EndId) break;
            ids.Add(id);
        }

        result.Tokens += ids.Count;
        int[] tokens = new int[ids.Count];
        bool known = map.TryToActionTokens(ids.ToArray(), tokens, out _);
        if (!known || !tokenizer.TryDecode(tokens, shape, actions).IsComplete) result.Broken++;
        else result.Add(actions, ChunkWindows.Slice(episode, step, shape.Horizon));
    }

    return result;
}

int[] Ids(Episode episode, int step)
{
    int[] ids = tokenizer.Encode(ChunkWindows.Slice(episode, step, shape.Horizon), shape);
    map.ToModelIds(ids, ids);
    return ids;
}

// What any runtime does with a row of logits; ConstrainedSampler does it too, with top-k and top-p, and masks only when it must.
static int Sample(ReadOnlySpan<float> logits, Random random)
{
    float largest = float.NegativeInfinity;
    foreach (float logit in logits) largest = Math.Max(largest, logit);
    double total = 0;
    foreach (float logit in logits)
    {
        if (logit > largest - 20) total += Math.Exp((logit - largest) / Temperature);
    }

    double left = random.NextDouble() * total;
    int last = 0;
    for (int id = 0; id < logits.Length && left >= 0; id++)
    {
        if (logits[id] <= largest - 20) continue;
        left -= Math.Exp((logits[id] - largest) / Temperature);
        last = id;
    }

    return last;
}
