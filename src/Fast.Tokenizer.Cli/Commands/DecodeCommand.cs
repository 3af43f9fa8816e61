using System.CommandLine;
using System.Text.Json;
using Fast.Tokenizer.Datasets.NumPy;
using Fast.Tokenizer.Decoding;

namespace Fast.Tokenizer.Cli.Commands;

/// <summary><c>decode</c>: token ids to chunks of actions.</summary>
internal sealed class DecodeCommand : ToolCommand
{
    private readonly Option<string> _tokenizer = CommonOption.Tokenizer();
    private readonly Option<string?> _embodiment = CommonOption.Embodiment();
    private readonly Option<string> _input = new("--input")
    {
        Description = "One JSON array of ids per line, or one object with ids, as tokenize writes; blank lines are skipped.",
        HelpName = "IDS.jsonl",
        Required = true,
    };

    private readonly Option<int?> _horizon = CommonOption.Horizon();
    private readonly Option<int?> _dims = CommonOption.AtLeastOne(new Option<int?>("--dims")
    {
        Description = "Action dimensions. [default: the tokenizer's]",
        HelpName = "D",
    });

    private readonly Option<string> _output = new("--output") { Description = "Actions [N,T,D].", HelpName = "Y.npy", Required = true };
    private readonly Option<string?> _states = CommonOption.ChunkStates();
    private readonly Option<string> _dtype = CommonOption.OneOf("--dtype", "Type of the actions.", "float32", "float64");
    private readonly Option<string> _policy = CommonOption.OneOf(
        "--policy", "Where ids do not give one chunk: fail, or use what stands before the fault and zero after it.", "strict", "prefix");

    private readonly Option<bool> _json = CommonOption.Json();

    /// <summary>Makes the command.</summary>
    public DecodeCommand(ToolConsole console)
        : base(console, "decode", "Decodes token ids to chunks of actions.")
    {
        foreach (Option option in (Option[])
            [_tokenizer, _embodiment, _input, _horizon, _dims, _output, _states, _dtype, _policy, _json])
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
        ["decode --tokenizer my-tokenizer --input ids.jsonl --horizon 50 --dims 7 --output actions.npy"];

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string input = parsed.GetRequiredValue(_input), output = parsed.GetRequiredValue(_output);
        OutputPath.RequireFile(output, _output.Name);
        FastActionTokenizer tokenizer = await EmbodimentChoice.LoadAsync(
            parsed.GetRequiredValue(_tokenizer), parsed.GetValue(_embodiment), _embodiment.Name, cancellationToken);
        ActionShape shape = Shape(parsed, tokenizer.Definition);
        ChunkStates states = ChunkStates.Read(parsed.GetValue(_states), tokenizer);
        bool isFloat32 = parsed.GetRequiredValue(_dtype) == "float32";
        DecodePolicy policy = parsed.GetRequiredValue(_policy) == "strict" ? DecodePolicy.Strict : DecodePolicy.Prefix;

        var counts = new int[Enum.GetValues<DecodeStatus>().Length];
        int total = await ProgressView.RunAsync(Console, progress => Task.FromResult(Decode(progress)));
        NoteIncomplete(counts, total);
        if (parsed.GetValue(_json))
        {
            var statuses = Enum.GetValues<DecodeStatus>().ToDictionary(
                status => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString()), status => counts[(int)status]);
            Console.Output.WriteLine(JsonSerializer.Serialize(new DecodeSummary(output, total, statuses), ToolJson.Indented.DecodeSummary));
        }

        return ExitCode.Done;

        int Decode(ProgressView progress)
        {
            using var writer = new NpyStreamWriter(output, isFloat32, [shape.Horizon, shape.Dimensions]);
            float[] singles = isFloat32 ? new float[shape.Count] : [];
            double[] doubles = isFloat32 ? [] : new double[shape.Count];
            foreach ((int line, int[] tokens) in TokenLines.Read(input))
            {
                cancellationToken.ThrowIfCancellationRequested();

                // What a tokenizer leaves to the buffer is no number: nobody takes it for an action.
                singles.AsSpan().Fill(float.NaN);
                doubles.AsSpan().Fill(double.NaN);
                DecodeResult result = isFloat32
                    ? tokenizer.Decode(tokens, shape, singles, DecodePolicy.Prefix, states.Of(writer.Count))
                    : tokenizer.Decode(tokens, shape, doubles, DecodePolicy.Prefix, states.Of(writer.Count));
                if (!result.IsComplete && policy == DecodePolicy.Strict) throw Incomplete(input, line, result, shape, tokens);
                counts[(int)result.Status]++;
                if (isFloat32) writer.Append(singles);
                else writer.Append(doubles);
                if (writer.Count % 256 == 0) progress.Report("chunks", writer.Count, 0);
            }

            if (writer.Count == 0) throw new InvalidDataException($"{input} holds no ids: expected one JSON array per line");
            states.CheckCount(writer.Count);
            writer.Complete();
            return writer.Count;
        }
    }

    private ActionShape Shape(ParseResult parsed, FastTokenizerDefinition definition)
    {
        int horizon = parsed.GetValue(_horizon)
            ?? definition.Metadata.Horizon
            ?? throw new ArgumentException("the tokenizer does not say its horizon: give --horizon");
        int dimensions = parsed.GetValue(_dims)
            ?? definition.Metadata.Dimensions
            ?? throw new ArgumentException("the tokenizer does not say its dimensions: give --dims");
        return (definition.ActionSpace?.Dimensions.Count ?? definition.Normalizer?.Dimensions) is { } known && known != dimensions
            ? throw new ArgumentException($"--dims {dimensions}: the tokenizer has statistics of {known} dimensions; leave --dims out")
            : new ActionShape(horizon, dimensions);
    }

    private static InvalidDataException Incomplete(string input, int line, DecodeResult result, ActionShape shape, int[] tokens)
    {
        string reason = new ActionDecodeException(result, shape, tokens).Message;
        return new InvalidDataException(
            $"{input}, line {line}: {NameOf(result.Status)} at position {result.Position}: {reason}; "
            + "--policy prefix decodes what is there");
    }

    private void NoteIncomplete(int[] counts, int total)
    {
        string[] faults = [.. Enum.GetValues<DecodeStatus>()
            .Where(status => status != DecodeStatus.Complete && counts[(int)status] > 0)
            .Select(status => $"{counts[(int)status]} {NameOf(status)}")];
        int incomplete = total - counts[(int)DecodeStatus.Complete];
        if (incomplete > 0) Console.Note($"{incomplete} of {total} chunks decoded in part: {string.Join(", ", faults)}");
    }

    private static string NameOf(DecodeStatus status) => status switch
    {
        DecodeStatus.Short => "short",
        DecodeStatus.Long => "long",
        DecodeStatus.InvalidToken => "invalid token",
        DecodeStatus.IllFormedBytes => "ill-formed bytes",
        _ => "complete",
    };
}
