using Fast.Tokenizer.Actions;

namespace Fast.Tokenizer.Training;

/// <summary>A window taken out of an episode.</summary>
/// <param name="Episode">Name of the episode.</param>
/// <param name="Step">Its step at which the window starts.</param>
/// <param name="Values">The robot's own actions, row-major [T,D].</param>
/// <param name="State">The robot's state there; empty where none was recorded.</param>
/// <param name="Masked">One flag per dimension, or empty.</param>
internal sealed record SpreadWindow(string Episode, int Step, double[] Values, double[] State, bool[] Masked)
{
    public ActionContext Context => new(State) { Masked = Masked };
}
