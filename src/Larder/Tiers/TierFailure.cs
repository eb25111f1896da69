namespace Larder.Tiers;

/// <summary>What a call to a tier ended with.</summary>
/// <param name="Text">In words that may be shown to anybody; empty when the tier gave no reason.</param>
/// <param name="Exception">What was thrown; null when the tier answered that it could not.</param>
internal sealed record TierFailure(string Text, Exception? Exception)
{
    /// <summary>No reason is known.</summary>
    internal static readonly TierFailure None = new("", null);

    // The words of other exceptions may quote keys and values, so only their types are shown.
    internal static TierFailure Of(Exception? exception) => exception switch
    {
        null => None,
        LarderException or TierTimeoutException => new TierFailure(exception.Message, exception),
        _ => new TierFailure($"It threw {exception.GetType().Name}.", exception),
    };
}
