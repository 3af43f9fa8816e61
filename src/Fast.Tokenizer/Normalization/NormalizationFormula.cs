namespace Fast.Tokenizer.Normalization;

/// <summary>Whose arithmetic a normaliser follows where projects differ: epsilon, clipping, constant dimensions.</summary>
/// <remarks>
/// Each inverse here is exact: what was not clipped comes back. With a project's formula a dimension whose two ends are equal is divided by
/// the epsilon alone, as there: what stands at the end maps to -1, and whatever strays from it is lost or becomes huge.
/// </remarks>
public enum NormalizationFormula
{
    /// <summary>This library's own: no epsilon, a constant maps to 0. See <see cref="ActionNormalizer"/>.</summary>
    Exact,

    /// <summary>openpi: <c>(x - q01) / (q99 - q01 + 1e-6) * 2 - 1</c> or <c>(x - mean) / (std + 1e-6)</c>; never clips.</summary>
    /// <remarks>Source: openpi, <c>src/openpi/transforms.py</c>, <c>Normalize</c> and <c>Unnormalize</c>.</remarks>
    OpenPi,

    /// <summary>LeRobot: <c>2 * (clip(x, low, high) - low) / max(high - low, 1e-8) - 1</c> or
    /// <c>(x - mean) / max(std, 1e-8)</c>.</summary>
    /// <remarks>
    /// Source: lerobot, <c>src/lerobot/scripts/lerobot_train_tokenizer.py</c>, <c>apply_normalization</c>, which clips to quantiles but not
    /// to min and max. The processor in front of LeRobot's policies (<c>src/lerobot/processor/normalize_processor.py</c>) does not clip at
    /// all: switch <see cref="NormalizationOptions.Clip"/> off for it. It then agrees with this formula, unless a range lies between 0 and
    /// 1e-8. With mean and std it divides by <c>std + 1e-8</c> instead, and multiplies by <c>std</c> on the way back.
    /// </remarks>
    LeRobot,

    /// <summary>OpenVLA and Octo: <c>clip(2 * (x - low) / (high - low + 1e-8) - 1, -1, 1)</c> or
    /// <c>(x - mean) / (std + 1e-8)</c>.</summary>
    /// <remarks>
    /// The gripper is left alone by <see cref="NormalizationOptions.Mask"/>. With a range method a dimension with min = max maps to 0,
    /// masked or not, where the statistics hold min and max; Octo lacks this rule. OpenVLA's own inverse leaves out the epsilon, which
    /// moves an action by at most 1e-8. Source: openvla, <c>prismatic/vla/datasets/rlds/utils/data_utils.py</c>,
    /// <c>normalize_action_and_proprio</c>; octo, <c>octo/data/utils/data_utils.py</c>, the same function.
    /// </remarks>
    OpenVla,
}
