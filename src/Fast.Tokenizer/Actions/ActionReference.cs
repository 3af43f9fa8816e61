namespace Fast.Tokenizer.Actions;

/// <summary>What the encoded values of an action dimension are relative to.</summary>
public enum ActionReference
{
    /// <summary>Nothing: the values are encoded as they are.</summary>
    Absolute,

    /// <summary>The robot's state at the chunk's first step. What openpi calls delta actions and LeRobot relative actions.</summary>
    State,

    /// <summary>
    /// The action of the step before, and for the first step the robot's state. Decoding adds the steps up, and their errors with them:
    /// at step t that is up to the error of t + 1 steps.
    /// </summary>
    Previous,
}
