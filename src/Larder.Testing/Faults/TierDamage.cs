namespace Larder.Testing;

/// <summary>How a fault damages the bytes of a value.</summary>
public enum TierDamage
{
    /// <summary>One bit is flipped, another one each time.</summary>
    FlipBit = 0,

    /// <summary>The end is missing: half of the bytes.</summary>
    Truncate = 1,

    /// <summary>The bytes are those of another key that went through the tier before; flipped as by <see cref="FlipBit"/> while there was none.</summary>
    OtherBody = 2,
}
