using System.Buffers;

namespace Larder.Ports;

/// <summary>
/// A value to be stored in a tier. The body belongs to the caller: it is valid until the task of the call has ended, and a tier
/// that needs it for longer copies it.
/// </summary>
/// <param name="body">
/// The bytes. A tier keeps them as they are, except that <see cref="ITier.ExpireAsync"/> replaces the first
/// <see cref="FreshUntilSize"/> bytes.
/// </param>
/// <param name="lifetime">How long the value may be kept; after that the tier forgets it by itself. More than zero, resolution a millisecond, up to <see cref="TimeSpan.MaxValue"/>.</param>
public readonly struct TierWrite(ReadOnlySequence<byte> body, TimeSpan lifetime)
{
    /// <summary>
    /// Every body begins with eight bytes, a signed big-endian number, that say when its value ceases to be fresh: the smaller, the earlier. docs/wire-format.md says what
    /// the number means; to a tier it is only a number.
    /// </summary>
    public const int FreshUntilSize = 8;

    /// <summary>The bytes to keep.</summary>
    public ReadOnlySequence<byte> Body { get; } = body;

    /// <summary>How long they may be kept.</summary>
    public TimeSpan Lifetime { get; } = lifetime;
}
