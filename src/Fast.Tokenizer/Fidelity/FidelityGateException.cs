namespace Fast.Tokenizer.Fidelity;

/// <summary>A tokenizer missed limits of a <see cref="FidelityGate"/>.</summary>
public sealed class FidelityGateException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="failures">The figures that missed their limit, at least one.</param>
    internal FidelityGateException(IReadOnlyList<FidelityFailure> failures)
        : base(string.Join(Environment.NewLine, failures)) => Failures = failures;

    /// <summary>The figures that missed their limit.</summary>
    public IReadOnlyList<FidelityFailure> Failures { get; }
}
