using Fast.Tokenizer;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Fidelity;
using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Normalization;
using Fast.Tokenizer.Training;

// What a policy does with the package: train, save, load, encode, decode under a constraint and in a stream. The argument, where there is
// one, is the folder of a published tokenizer.
var check = new Check();
string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
try
{
    var shape = new ActionShape(horizon: 20, dimensions: 2);
    Episode[] episodes = [.. Enumerable.Range(0, 40).Select(i => new Episode($"episode {i}", Motion(i), dimensions: 2))];
    foreach (AlphabetKind alphabet in (AlphabetKind[])[AlphabetKind.Integer, AlphabetKind.ByteLevel])
    {
        var options = new TrainingOptions { Horizon = shape.Horizon, Alphabet = alphabet, HoldoutFraction = 0.2 };
        TrainingResult trained = await new ActionTokenizerTrainer(options).TrainAsync(new EpisodeList(episodes));
        string saved = Path.Combine(folder, alphabet.ToString());
        trained.Tokenizer.Save(saved);
        Check.Print(saved);
        FastActionTokenizer tokenizer = FastActionTokenizer.Load(saved);
        check.That(tokenizer.VocabularySize == trained.Tokenizer.VocabularySize, $"{alphabet}: {tokenizer.VocabularySize} tokens");
        check.That(trained.HeldOut!.ToJson().Contains("\"mean_tokens\":", StringComparison.Ordinal), "the report as JSON");
        RoundTrip(tokenizer, shape);
        Constrained(tokenizer, shape);
    }

    Statistics(Path.Combine(folder, nameof(AlphabetKind.Integer)));
    if (args is [var published]) Published(published);
}
finally
{
    if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
}

return check.Failed ? 1 : 0;

// A sine that is slower or faster by the seed, with a tremor; the second dimension is twice as wide.
static double[] Motion(int seed) => [.. Enumerable.Range(0, 200).Select(i =>
    (Math.Sin((i / 2 * 0.05 * (1 + (seed % 7))) + seed) + (0.2 * Math.Sin((i * 1.7) + (seed * seed)))) * (1 + (i % 2)))];

void RoundTrip(FastActionTokenizer tokenizer, ActionShape shape)
{
    double[] chunk = Motion(100)[..shape.Count], decoded = new double[shape.Count], streamed = new double[shape.Count];
    int[] tokens = new int[tokenizer.MaxTokenCount(shape)];
    EncodeResult encoded = tokenizer.Encode(chunk, shape, tokens);
    ReadOnlySpan<int> ids = tokens.AsSpan(0, encoded.Count);
    Console.WriteLine(string.Join(' ', ids.ToArray()));
    check.That(tokenizer.TryDecode(ids, shape, decoded).IsComplete, $"{encoded.Count} tokens decode");
    double error = chunk.Zip(decoded, (sent, received) => Math.Abs(sent - received)).Max();
    check.That(error < 0.3, "the decoded chunk is near the recorded one");
    check.That(tokenizer.TryDecode(ids[..^1], shape, decoded).Status == DecodeStatus.Short, "a token less is short");

    var stream = new StreamingActionDecoder(tokenizer, shape);
    foreach (int id in ids) stream.Push(id);
    stream.Read(streamed);
    tokenizer.Decode(ids, shape, decoded);
    check.That(stream.IsComplete && streamed.AsSpan().SequenceEqual(decoded), "the stream ends with the same chunk");

    int count = tokenizer.Encode(chunk, shape, tokens, new EncodeOptions { Mode = EncodeMode.RateDistortion(0.7) }).Count;
    check.That(count <= encoded.Count, $"with lambda 0.7 {count} tokens");
}

void Constrained(FastActionTokenizer tokenizer, ActionShape shape)
{
    var constraint = new TokenConstraint(new TokenGrammar(tokenizer, shape, new TokenGrammarOptions()));
    var sampler = new ConstrainedSampler();
    var random = new Random(1);
    var logits = new float[tokenizer.VocabularySize];
    var tokens = new List<int>();
    while (!constraint.IsComplete)
    {
        foreach (ref float logit in logits.AsSpan()) logit = random.NextSingle();
        int id = sampler.Next(logits, constraint);
        constraint.Accept(id);
        tokens.Add(id);
    }

    DecodeResult decoded = tokenizer.TryDecode(tokens.ToArray(), shape, new double[shape.Count]);
    check.That(decoded.IsComplete, $"{tokens.Count} constrained tokens decode");
}

void Statistics(string saved)
{
    string file = Path.Combine(saved, "norm_stats.json");
    ActionNormalizer normalizer = OpenPiStatistics.ReadNormalizer(file, NormalizationOptions.Named("openpi"));
    check.That(normalizer.Dimensions == 2, "openpi's statistics");
    ActionDimension joint = new() { Reference = ActionReference.State }, gripper = new() { Binary = new BinaryValues(0, 1) };
    check.That(new ActionSpace(joint, gripper).Dimensions.Count == 2, "an action space");
}

// A first dimension of 0, .2, .4, .6 and a second of .4 throughout: FAST+ gives these ids.
void Published(string published)
{
    FastActionTokenizer tokenizer = FastActionTokenizer.Load(published);
    int[] ids = tokenizer.Encode(new float[,] { { 0, 0.4f }, { 0.2f, 0.4f }, { 0.4f, 0.4f }, { 0.6f, 0.4f } });
    check.That(ids.AsSpan().SequenceEqual([294, 1239, 258, 256]), $"FAST+ gives {string.Join(' ', ids)}");
}
