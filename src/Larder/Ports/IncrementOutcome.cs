namespace Larder.Ports;

/// <summary>What became of an increment.</summary>
public enum IncrementOutcome
{
    /// <summary>The number was raised.</summary>
    Done = 0,

    /// <summary>The sum would leave the range of 64-bit integers: nothing was changed.</summary>
    Overflow = 1,

    /// <summary>The key holds something that is not a number: nothing was changed.</summary>
    NotANumber = 2,

    /// <summary>The tier did not answer: whether the number was raised is not known.</summary>
    Unavailable = 3,
}
