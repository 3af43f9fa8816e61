using System.CommandLine;
using System.Text;
using System.Text.Json;
using Fast.Tokenizer.Datasets;
using Fast.Tokenizer.Datasets.NumPy;
using Fast.Tokenizer.Datasets.Tokens;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary><c>encode</c>: chunks of actions to token ids.</summary>
internal sealed class EncodeCommand : ToolCommand
{
    private const string StandardOutput = "-";

    private readonly Option<string> _tokenizer = CommonOption.Tokenizer();
    private readonly Option<string?> _embodiment = CommonOption.Embodiment();
    private readonly Option<string> _input = new("--input")
    {
        Description = "Actions [T,D] or [N,T,D], float32 or float64.",
        HelpName = "X.npy",
        Required = true,
    };

    private readonly Option<string> _output = new("--output")
    {
        Description = "One JSON array of ids per line, a line per chunk; - for standard output.",
        HelpName = "IDS.jsonl",
        Required = true,
    };

    private readonly Option<string?> _states = CommonOption.ChunkStates();
    private readonly Option<bool> _strict = CommonOption.StrictRange();
    private readonly EncodingOptions _encoding = new(withSampling: true);
    private readonly Option<bool> _json = CommonOption.Json();

    /// <summary>Makes the command.</summary>
    public EncodeCommand(ToolConsole console)
        : base(console, "encode", "Encodes chunks of actions as token ids.")
    {
        foreach (Option option in (Option[])[_tokenizer, _embodiment, _input, _output, _states, _strict]) Add(option);
        _encoding.AddTo(this);
        Add(_json);
        Validators.Add(result =>
        {
            if (result.GetValue(_json) && result.GetValue(_output) == StandardOutput)
                result.AddError($"{_json.Name} writes to standard output, as {_output.Name} {StandardOutput} does: leave one of them out");
        });
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "encode --tokenizer my-tokenizer --input chunks.npy --output ids.jsonl",
        "encode --tokenizer my-tokenizer --input chunks.npy --output ids.jsonl --mode rate-distortion --lambda 0.7",
        "encode --tokenizer my-tokenizer --input chunks.npy --output ids.jsonl --max-error 0.02",
        "encode --tokenizer my-tokenizer --embodiment aloha --input chunks.npy --output ids.jsonl",
        "encode --tokenizer my-tokenizer --input chunks.npy --states states.npy --output ids.jsonl",
    ];

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string input = parsed.GetRequiredValue(_input), output = parsed.GetRequiredValue(_output);
        if (output != StandardOutput) OutputPath.RequireFile(output, _output.Name);
        FastActionTokenizer tokenizer = await EmbodimentChoice.LoadAsync(
            parsed.GetRequiredValue(_tokenizer), parsed.GetValue(_embodiment), _embodiment.Name, cancellationToken);
        NpyArray actions = NpyReader.Read(input);
        (int count, ActionShape shape) = Chunks(actions, input);
        ChunkStates states = ChunkStates.Read(parsed.GetValue(_states), tokenizer);
        states.CheckCount(count);
        var options = new EncodeOptions
        {
            OutOfRange = parsed.GetValue(_strict) ? OutOfRangePolicy.Refuse : OutOfRangePolicy.Published,
            Mode = _encoding.Of(parsed),
        };
        TokenSampling? sampling = _encoding.SamplingOf(parsed);

        EncodeSummary summary = await ProgressView.RunAsync(
            Console, progress => Task.FromResult(output == StandardOutput ? Encode(Console.Output, progress) : EncodeToFile(progress)));
        if (summary.Clipped > 0) Console.Note($"{summary.Clipped} values clipped in {summary.ClippedChunks} chunks");
        if (parsed.GetValue(_json)) Console.Output.WriteLine(JsonSerializer.Serialize(summary, ToolJson.Indented.EncodeSummary));
        return ExitCode.Done;

        EncodeSummary EncodeToFile(ProgressView progress)
        {
            using var file = new ReplacedFile(output);
            EncodeSummary written;
            using (var writer = new StreamWriter(file.Stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true))
                written = Encode(writer, progress);
            file.Commit();
            return written;
        }

        EncodeSummary Encode(TextWriter writer, ProgressView progress)
        {
            var tokens = new int[tokenizer.MaxTokenCount(shape)];
            long clipped = 0, total = 0;
            int clippedChunks = 0;
            for (int chunk = 0; chunk < count; chunk++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ReadOnlySpan<double> values = actions.Data.Span.Slice(chunk * shape.Count, shape.Count);
                EncodeResult encoded = EncodeChunk(chunk, values, tokens);
                TokenLines.Write(writer, tokens.AsSpan(0, encoded.Count));
                total += encoded.Count;
                clipped += encoded.Clipped;
                if (encoded.Clipped > 0) clippedChunks++;
                if (chunk % 256 == 0) progress.Report("chunks", chunk, count);
            }

            return new EncodeSummary(output, count, total, clipped, clippedChunks);
        }

        EncodeResult EncodeChunk(int chunk, ReadOnlySpan<double> values, Span<int> tokens)
        {
            try
            {
                EncodeOptions own = sampling is null ? options : options with { Mode = sampling.ModeOf(0, chunk) };
                return tokenizer.Encode(values, shape, tokens, states.Of(chunk), own);
            }
            catch (Exception refusal) when (refusal is ArgumentException or ErrorBoundException)
            {
                throw new InvalidDataException($"{input}, chunk {chunk}: {ErrorReport.MessageOf(refusal)}", refusal);
            }
        }
    }

    private static (int Count, ActionShape Shape) Chunks(NpyArray actions, string input)
    {
        string found = $"{input} has shape ({string.Join(", ", actions.Shape)})";
        (int count, int horizon, int dimensions) = actions.Shape switch
        {
            [var t, var d] => (1, t, d),
            [var n, var t, var d] => (n, t, d),
            _ => throw new InvalidDataException($"{found}: expected actions [T,D] or [N,T,D]"),
        };
        if (actions.Data.Length == 0) throw new InvalidDataException($"{found}: there is nothing to encode");
        if ((long)horizon * dimensions > ActionShape.MaxCount)
            throw new InvalidDataException($"{found}: a chunk has more than {ActionShape.MaxCount} values; are the axes [N,T,D]?");
        return (count, new ActionShape(horizon, dimensions));
    }
}
