using BenchmarkDotNet.Attributes;
using Fast.Tokenizer.Decoding;
using Fast.Tokenizer.Interop;
using Fast.Tokenizer.Vocabulary;

namespace Fast.Tokenizer.Benchmarks;

/// <summary>
/// What the constraint adds to a step of a policy's loop: 2048 tokens, a chunk [50,14], and PaliGemma's row of 257,152 logits.
/// </summary>
[MemoryDiagnoser]
public class ConstraintBenchmarks
{
    private const int Symbols = 256;
    private const int Tokens = 2048;
    private const int Coefficients = 700;

    private readonly ConstrainedSampler _greedy = new();
    private readonly ConstrainedSampler _warm = new(new SamplingOptions { Temperature = 1 });
    private readonly ConstrainedSampler _nucleus = new(new SamplingOptions { Temperature = 1, TopP = 0.95 });
    private float[] _tokenRow = [];
    private float[] _modelRow = [];
    private TokenConstraint _tokens = null!;
    private TokenConstraint _steered = null!;
    private TokenConstraint _model = null!;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var lengths = new List<int>(Enumerable.Repeat(1, Symbols));
        var merges = new BpeMerge[Tokens - Symbols];
        for (int i = 0; i < merges.Length; i++)
        {
            (int left, int right) = (random.Next(lengths.Count), random.Next(Symbols));
            merges[i] = new BpeMerge(left, right, lengths.Count);
            lengths.Add(lengths[left] + 1);
        }

        var definition = new FastTokenizerDefinition
        {
            Scale = 10, Alphabet = new IntegerAlphabet(-Symbols / 2, (Symbols / 2) - 1), Vocabulary = new BpeVocabulary(Symbols, merges),
        };
        var tokenizer = new FastActionTokenizer(definition);
        var shape = new ActionShape(50, 14);
        var map = new PaliGemmaIdMap(Tokens);
        _tokens = new TokenConstraint(new TokenGrammar(tokenizer, shape));
        int least = _tokens.Grammar.MinTokenCount;
        _steered = new TokenConstraint(new TokenGrammar(tokenizer, shape, new TokenGrammarOptions { MaxTokens = least }));
        _model = new TokenConstraint(new TokenGrammar(tokenizer, shape, new TokenGrammarOptions { ModelIds = map, EndId = 1 }));
        _tokenRow = [.. Enumerable.Range(0, Tokens).Select(_ => random.NextSingle())];
        _modelRow = [.. Enumerable.Range(0, map.ModelVocabularySize!.Value).Select(_ => random.NextSingle())];
    }

    [Benchmark]
    public void ApplyToTokens() => _tokens.ApplyTo(_tokenRow);

    [Benchmark]
    public void ApplyToTokensUnderTheTightestBudget() => _steered.ApplyTo(_tokenRow);

    [Benchmark]
    public void ApplyToModelRow() => _model.ApplyTo(_modelRow);

    [Benchmark(OperationsPerInvoke = Coefficients)]
    public bool Accept()
    {
        _tokens.Reset();
        for (int i = 0; i < Coefficients; i++) _tokens.Accept(_next = (_next + 37) & (Symbols - 1));
        bool complete = _tokens.IsComplete;
        _tokens.Reset();
        return complete;
    }

    [Benchmark]
    public int NextGreedy() => _greedy.Next(_modelRow, _model);

    [Benchmark]
    public int NextWithTemperature() => _warm.Next(_modelRow, _model);

    [Benchmark]
    public int NextWithTopP() => _nucleus.Next(_modelRow, _model);
}
