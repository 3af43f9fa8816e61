using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Fast.Tokenizer.Datasets.Tokens;
using Fast.Tokenizer.Training;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary><c>tokenize</c>: a whole data set to files of token ids.</summary>
internal sealed class TokenizeCommand : ToolCommand
{
    private readonly Option<string> _tokenizer = CommonOption.Tokenizer();
    private readonly Option<string?> _embodiment = CommonOption.Embodiment();
    private readonly RecordingOptions _recording = new();
    private readonly Option<string> _output = new("--output")
    {
        Description = "Folder to write. A run that was stopped goes on where it ended.",
        HelpName = "DIR",
        Required = true,
    };

    private readonly Option<string> _outputFormat = CommonOption.OneOf(
        "--output-format", "Form of the files; columns ids, length, episode, episode_index, start_step.", "parquet", "jsonl");

    private readonly Option<int> _shardChunks = CommonOption.AtLeastOne(new Option<int>("--shard-chunks")
    {
        Description = "Chunks after which the next file begins; a file holds whole episodes.",
        HelpName = "N",
        DefaultValueFactory = _ => new DatasetTokenizerOptions().ShardChunks,
    });

    private readonly Option<double?> _resample = CommonOption.Resample();
    private readonly Option<string?> _held = CommonOption.HeldDimensions();
    private readonly Option<int?> _horizon = CommonOption.Horizon();
    private readonly Option<int> _stride = CommonOption.Stride();
    private readonly Option<bool> _strict = CommonOption.StrictRange();
    private readonly EncodingOptions _encoding = new(withSampling: true);
    private readonly Option<string?> _config = CommonOption.Config();
    private readonly Option<bool> _json = CommonOption.Json();

    /// <summary>Makes the command.</summary>
    public TokenizeCommand(ToolConsole console)
        : base(console, "tokenize", "Encodes every chunk of recorded episodes into files of token ids, for a training elsewhere.")
    {
        Option[] first =
        [
            _tokenizer, _embodiment, _recording.Data, _output, _outputFormat, _shardChunks, _resample, _held, _horizon, _stride, _strict,
        ];
        foreach (Option option in first) Add(option);
        _encoding.AddTo(this);
        foreach (Option option in (Option[])[.. _recording.Others, _config, _json]) Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "tokenize --tokenizer my-tokenizer --data episodes.npz --output ids",
        "tokenize --tokenizer my-tokenizer --data day1 day2 --output ids --output-format jsonl --stride 5",
        "tokenize --tokenizer my-tokenizer --data episodes.npz --output epoch-1 --mode sampled --seed 1",
        "tokenize --tokenizer my-tokenizer --embodiment aloha --data aloha.npz --output aloha-ids",
    ];

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        string output = parsed.GetRequiredValue(_output);
        OutputPath.RequireFolder(output, _output.Name);
        FastActionTokenizer tokenizer = await EmbodimentChoice.LoadAsync(
            parsed.GetRequiredValue(_tokenizer), parsed.GetValue(_embodiment), _embodiment.Name, cancellationToken);
        TokenSampling? sampling = _encoding.SamplingOf(parsed);
        var encoder = new DatasetTokenizer(tokenizer, new DatasetTokenizerOptions
        {
            Horizon = parsed.GetValue(_horizon) ?? tokenizer.Definition.Metadata.Horizon
                ?? throw new ArgumentException($"the tokenizer does not say its horizon: give {_horizon.Name}"),
            Stride = parsed.GetValue(_stride),
            Encoding = new EncodeOptions
            {
                OutOfRange = parsed.GetValue(_strict) ? OutOfRangePolicy.Refuse : OutOfRangePolicy.Published,
                Mode = sampling is null ? _encoding.Of(parsed) : EncodeMode.Canonical,
            },
            Sampling = sampling,
            Format = parsed.GetRequiredValue(_outputFormat) == "jsonl" ? TokenShardFormat.JsonLines : TokenShardFormat.Parquet,
            ShardChunks = parsed.GetValue(_shardChunks),
            MaxDegreeOfParallelism = _recording.MaxDegreeOfParallelism(parsed),
        });
        encoder.RequireFolder(output);
        IEpisodeSource source = Resampling.For(
            _recording.Open(parsed), tokenizer, parsed.GetValue(_resample), parsed.GetValue(_held), _held.Name, Console);
        DatasetTokenizerResult result = await ProgressView.RunAsync(
            Console, progress => encoder.RunAsync(source, output, progress, cancellationToken));

        _recording.Bad.Note(Console);
        if (result.ShortEpisodes > 0) Console.Note($"{result.ShortEpisodes} episodes shorter than {result.Horizon} steps were left out");
        if (result.Clipped > 0) Console.Note($"{result.Clipped} values clipped");
        TokenizeSummary summary = TokenizeSummary.Of(result, output, Stopwatch.GetElapsedTime(start));
        if (parsed.GetValue(_json))
            Console.Output.WriteLine(_recording.Bad.AddTo(JsonSerializer.Serialize(summary, ToolJson.Indented.TokenizeSummary)));
        else Write(summary);
        return ExitCode.Done;
    }

    private void Write(TokenizeSummary summary) => Console.Tables.Write(FigureTable.Of(
        ("saved to", summary.Output),
        ("files", $"{summary.Files}{(summary.FilesKept == 0 ? "" : $", {summary.FilesKept} of them from an earlier run")}"),
        ("episodes", FigureTable.Text(summary.Episodes)),
        ("chunks", FigureTable.Text(summary.Chunks)),
        ("tokens", $"{summary.Tokens}, {FigureTable.Text(summary.MeanTokens)} in a chunk"),
        ("seconds", FigureTable.Text(summary.Seconds))));
}
