using System.Globalization;
using System.Text;

namespace Fast.Tokenizer.Interop;

/// <summary>Builds the prompts of pi0-FAST from a task, a robot state and action tokens.</summary>
/// <remarks>
/// The text is <c>Task: {task}, State: {bins};\n</c>, the bins those of <see cref="StateBins"/> with a blank between. The actions follow as
/// <c>Action: </c>, their model ids, <c>|</c> and end-of-sentence. Only the text goes through the tokenizer; the actions go in as ids.
/// A builder is immutable and as safe to share between threads as its tokenizer.
/// </remarks>
public sealed class ActionPromptBuilder
{
    private readonly PromptTextEncoder _text;
    private readonly ModelIdMap _map;
    private readonly bool _isLeRobot;
    private readonly int _maxPromptTokens;
    private readonly int _maxActionTokens;
    private readonly int _stateDimensions;
    private readonly int _paddingId;

    private ActionPromptBuilder(
        PromptTextEncoder text,
        ModelIdMap map,
        bool isLeRobot,
        int maxPromptTokens,
        int maxActionTokens,
        int stateDimensions,
        int paddingId)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfNegative(paddingId);
        text.CheckApart(map);
        _text = text;
        _map = map;
        _isLeRobot = isLeRobot;
        _maxPromptTokens = maxPromptTokens;
        _maxActionTokens = maxActionTokens;
        _stateDimensions = stateDimensions;
        _paddingId = paddingId;
    }

    /// <summary>Prompts as openpi makes them: <c>FASTTokenizer.tokenize</c> of Physical-Intelligence/openpi.</summary>
    /// <remarks>
    /// The task is put in lower case, stripped of blanks at its ends, and its underscores become blanks; newlines inside stay. One
    /// sequence: begin-of-sentence, text, actions; padded or cut at its end to <paramref name="maxTokens"/>. Attention goes both ways
    /// within the text, backwards in the actions; the loss is on the actions, from <c>Action: </c> to end-of-sentence.
    /// </remarks>
    /// <param name="text">The model's text tokenizer.</param>
    /// <param name="map">Model ids of the action tokens.</param>
    /// <param name="maxTokens">Length of a prompt, at least 1. openpi's tokenizer has 256, its pi0-FAST configurations 180 or 250.</param>
    /// <param name="paddingId">Model id of padding, at least 0.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">An id of the text around the actions is in the map.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static ActionPromptBuilder OpenPi(PromptTextEncoder text, ModelIdMap map, int maxTokens = 256, int paddingId = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        return new(text, map, false, maxTokens, 0, 0, paddingId);
    }

    /// <summary>
    /// Prompts as LeRobot makes them: the <c>pi0_fast</c> policy and <c>ActionTokenizerProcessorStep</c> of huggingface/lerobot.
    /// </summary>
    /// <remarks>
    /// <para>
    /// The task is stripped of blanks at its ends, and its underscores and newlines become blanks; its case stays. The state is padded with
    /// zeros, which are bin 128, to <paramref name="stateDimensions"/>; a longer one stays as it is.
    /// </para>
    /// <para>
    /// LeRobot keeps two arrays; here they stand one after the other. First begin-of-sentence and text, padded or cut to
    /// <paramref name="maxPromptTokens"/>. Then, in training, begin-of-sentence once more and the actions, padded or cut to
    /// <paramref name="maxActionTokens"/>, with attention backwards and the loss on all but that begin-of-sentence. Without actions, only
    /// that begin-of-sentence, which then belongs to the text: attention goes both ways there.
    /// </para>
    /// </remarks>
    /// <param name="text">The model's text tokenizer; it must have a begin-of-sentence.</param>
    /// <param name="map">Model ids of the action tokens.</param>
    /// <param name="maxPromptTokens">Length of the text part, at least 1; <c>tokenizer_max_length</c>.</param>
    /// <param name="maxActionTokens">Length of the action part, at least 1; <c>max_action_tokens</c>.</param>
    /// <param name="stateDimensions">Dimensions that a shorter state is padded to, at least 0; <c>max_state_dim</c>.</param>
    /// <param name="paddingId">Model id of padding, at least 0.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">
    /// An id of the text around the actions is in the map, or the model has no begin-of-sentence.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static ActionPromptBuilder LeRobot(
        PromptTextEncoder text,
        ModelIdMap map,
        int maxPromptTokens = 200,
        int maxActionTokens = 256,
        int stateDimensions = 32,
        int paddingId = 0)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPromptTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxActionTokens, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(stateDimensions);
        if (text.BeginId is null)
            throw new ArgumentException("LeRobot's actions open with begin-of-sentence: give the text encoder its id", nameof(text));
        return new(text, map, true, maxPromptTokens, maxActionTokens, stateDimensions, paddingId);
    }

    /// <summary>The text of a prompt before it is encoded.</summary>
    /// <param name="task">What to do, in words; may be empty.</param>
    /// <param name="state">Normalised state, one value for each dimension, nominally in [-1, 1]; finite.</param>
    /// <returns>The text from <c>Task: </c> on.</returns>
    /// <exception cref="ArgumentException">The task is not well-formed text, or a value of the state is NaN or infinite.</exception>
    public string Describe(string task, ReadOnlySpan<double> state)
    {
        ArgumentNullException.ThrowIfNull(task);
        TaskText.CheckWellFormed(task);
        string clean = TaskText.Strip(_isLeRobot ? task : TaskText.Lower(task)).Replace('_', ' ');
        if (_isLeRobot) clean = clean.Replace('\n', ' ');

        int[] bins = new int[Math.Max(state.Length, _stateDimensions)];
        StateBins.ToBins(state, bins);
        Array.Fill(bins, StateBins.ToBin(0), state.Length, bins.Length - state.Length);
        return new StringBuilder("Task: ").Append(clean).Append(", State: ")
            .AppendJoin(' ', bins.Select(bin => bin.ToString(CultureInfo.InvariantCulture))).Append(";\n").ToString();
    }

    /// <summary>The prompt to generate actions from.</summary>
    /// <param name="task">What to do, in words; may be empty.</param>
    /// <param name="state">Normalised state, one value for each dimension, nominally in [-1, 1]; finite.</param>
    /// <returns>Ids up to where the model goes on, and their masks.</returns>
    /// <exception cref="ArgumentException">The task is not well-formed text, or a value of the state is NaN or infinite.</exception>
    public ActionPrompt Build(string task, ReadOnlySpan<double> state) => Build(Describe(task, state), [], withActions: false);

    /// <inheritdoc cref="Build(string, ReadOnlySpan{double})"/>
    public ActionPrompt Build(string task, ReadOnlySpan<float> state) => Build(task, Widen(state));

    /// <summary>The prompt to train on.</summary>
    /// <param name="task">What to do, in words; may be empty.</param>
    /// <param name="state">Normalised state, one value for each dimension, nominally in [-1, 1]; finite.</param>
    /// <param name="actionTokens">Action tokens of the chunk, each in the map.</param>
    /// <returns>Ids of text and actions, and their masks.</returns>
    /// <exception cref="ArgumentException">
    /// The task is not well-formed text, a value of the state is NaN or infinite, or an action token is not in the map.
    /// </exception>
    public ActionPrompt Build(string task, ReadOnlySpan<double> state, ReadOnlySpan<int> actionTokens)
    {
        int[] modelIds = new int[actionTokens.Length];
        _map.ToModelIds(actionTokens, modelIds);
        return Build(Describe(task, state), modelIds, withActions: true);
    }

    /// <inheritdoc cref="Build(string, ReadOnlySpan{double}, ReadOnlySpan{int})"/>
    public ActionPrompt Build(string task, ReadOnlySpan<float> state, ReadOnlySpan<int> actionTokens) =>
        Build(task, Widen(state), actionTokens);

    private static double[] Widen(ReadOnlySpan<float> state)
    {
        var widened = new double[state.Length];
        for (int i = 0; i < widened.Length; i++) widened[i] = state[i];
        return widened;
    }

    private ActionPrompt Build(string description, ReadOnlySpan<int> modelIds, bool withActions)
    {
        int answerLength = !_isLeRobot ? 0 : withActions ? _maxActionTokens : 1;
        var prompt = new PromptTokens(_maxPromptTokens + answerLength, _paddingId);

        prompt.BeginPart(_maxPromptTokens);
        if (_text.BeginId is { } begin) prompt.Add(begin, causal: false, loss: false);
        foreach (int id in _text.Encode(description)) prompt.Add(id, causal: false, loss: false);
        if (_isLeRobot)
        {
            prompt.BeginPart(answerLength);
            prompt.Add(_text.BeginId!.Value, causal: withActions, loss: false);
        }

        int answerStart = prompt.Count;
        if (!withActions) return prompt.ToPrompt(answerStart);

        foreach (int id in _text.Opening) prompt.Add(id, causal: true, loss: true);
        foreach (int id in modelIds) prompt.Add(id, causal: true, loss: true);
        foreach (int id in _text.Closing) prompt.Add(id, causal: true, loss: true);
        prompt.Add(_text.EndId, causal: true, loss: true);
        return prompt.ToPrompt(answerStart);
    }
}
