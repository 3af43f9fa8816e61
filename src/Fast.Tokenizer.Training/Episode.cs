namespace Fast.Tokenizer.Training;

/// <summary>One recorded episode: the actions a robot was given, step by step.</summary>
public sealed class Episode
{
    /// <summary>Wraps recorded actions; the memory is not copied.</summary>
    /// <param name="name">What to call the episode in messages and reports, such as its key in the file.</param>
    /// <param name="actions">Actions, row-major <c>[steps, dimensions]</c>, in physical units.</param>
    /// <param name="dimensions">Action dimensions, at least 1; divides the length of <paramref name="actions"/>.</param>
    /// <exception cref="ArgumentException">The length is not a whole number of steps.</exception>
    public Episode(string name, ReadOnlyMemory<double> actions, int dimensions)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        if (actions.Length % dimensions != 0)
        {
            throw new ArgumentException(
                $"episode '{name}': {actions.Length} values are not a whole number of steps of {dimensions} dimensions", nameof(actions));
        }

        Name = name;
        Actions = actions;
        Dimensions = dimensions;
    }

    /// <summary>What the episode is called in messages and reports.</summary>
    public string Name { get; }

    /// <summary>Actions, row-major <c>[steps, dimensions]</c>, in physical units.</summary>
    public ReadOnlyMemory<double> Actions { get; }

    /// <summary>Action dimensions, D.</summary>
    public int Dimensions { get; }

    /// <summary>Recorded time steps.</summary>
    public int Steps => Actions.Length / Dimensions;

    /// <summary>The robot's state at each step, row-major <c>[steps, stateDimensions]</c>; empty where none was recorded.</summary>
    public ReadOnlyMemory<double> States { get; init; }

    /// <summary>Dimensions of <see cref="States"/>; 0 where none was recorded.</summary>
    public int StateDimensions { get; init; }

    /// <summary>
    /// One flag per action dimension, true for one that the episode does not have and that holds padding; empty where it has all. See
    /// <see cref="Actions.ActionContext.Masked"/>.
    /// </summary>
    public ReadOnlyMemory<bool> Masked { get; init; }
}
