namespace Fast.Tokenizer.Interop;

/// <summary>Whether the ids that a model generated hold a whole sequence of actions.</summary>
public enum ActionPromptStatus
{
    /// <summary>Action tokens and nothing else stand between <c>Action: </c> and <c>|</c>.</summary>
    Complete,

    /// <summary>The ids hold no <c>Action: </c>. openpi takes this for a chunk of zeros.</summary>
    MissingOpening,

    /// <summary>
    /// The ids end, or end-of-sentence comes, before <c>|</c>: generation was cut short. The action tokens so far are there.
    /// </summary>
    MissingClosing,

    /// <summary>An id between <c>Action: </c> and <c>|</c> is no action token. The action tokens before it are there.</summary>
    InvalidId,
}
