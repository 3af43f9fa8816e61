using Fast.Tokenizer;
using Fast.Tokenizer.Actions;
using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Normalization;

// What a policy does with the package: load, encode, decode under a constraint and in a stream, save. The arguments are the folder that
// holds the trained tokenizers and, where there is one, that of a published one.
var check = new Check();
var shape = new ActionShape(horizon: 20, dimensions: 2);
string copies = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
try
{
    foreach (string trained in Directory.GetDirectories(args[0]).Order(StringComparer.Ordinal))
    {
        FastActionTokenizer tokenizer = FastActionTokenizer.Load(trained);
        Console.WriteLine($"{Path.GetFileName(trained)}: {tokenizer.VocabularySize} tokens");
        RoundTrip(tokenizer, shape);
        Constrained(tokenizer, shape);
        string copy = Path.Combine(copies, Path.GetFileName(trained));
        tokenizer.Save(copy);
        Check.Print(copy);
        Statistics(copy);
    }
}
finally
{
    if (Directory.Exists(copies)) Directory.Delete(copies, recursive: true);
}

if (args is [_, var published]) Published(published);
return check.Failed ? 1 : 0;

void RoundTrip(FastActionTokenizer tokenizer, ActionShape shape)
{
    double[] chunk = Motion.Of(100)[..shape.Count], decoded = new double[shape.Count], streamed = new double[shape.Count];
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
