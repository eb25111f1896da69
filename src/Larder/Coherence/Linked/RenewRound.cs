using Larder.Ports;

namespace Larder.Coherence;

/// <summary>One renewal, with the clocks as they stood before it was sent and the acknowledgement that it carries.</summary>
internal sealed class RenewRound(Line line, long epoch, Renewal renewal) : Round(line, epoch)
{
    internal const int Bell = 1;

    /// <summary>Milliseconds of the hits' clock, before the sending.</summary>
    internal required long SentAt { get; init; }

    /// <summary>Milliseconds of the wall clock, before the sending.</summary>
    internal required long SentAtWall { get; init; }

    /// <summary>The registry that is acknowledged.</summary>
    internal required FenceToken Nonce { get; init; }

    /// <summary>Up to where.</summary>
    internal required long Acknowledged { get; init; }

    public override void Answered(int index, in AuthorityAnswer answer)
    {
        if (index != Bell)
        {
            renewal.Answered(this, answer);
        }
    }

    public override void Resume(int index)
    {
        if (index != Bell)
        {
            renewal.Resumed();
        }
    }

    protected override void Lost(int index, Exception? failure)
    {
        // The connection was given up, and the renewal with it.
    }
}
