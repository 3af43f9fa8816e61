using Fast.Tokenizer.Actions;

namespace Fast.Tokenizer.Training;

/// <summary>A window taken out of an episode.</summary>
/// <param name="episode">Name of the episode.</param>
/// <param name="step">Its step at which the window starts.</param>
/// <param name="values">The robot's own actions, row-major [T,D].</param>
/// <param name="state">The robot's state there; empty where none was recorded.</param>
/// <param name="masked">One flag per dimension, or empty.</param>
internal sealed class SpreadWindow(string episode, int step, double[] values, double[] state, bool[] masked)
{
    public string Episode { get; } = episode;

    public int Step { get; } = step;

    public double[] Values { get; } = values;

    public ActionContext Context => new(state) { Masked = masked };
}
