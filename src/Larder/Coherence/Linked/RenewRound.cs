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

    internal override void Answered(Step step, in AuthorityAnswer answer)
    {
        if (step.Index != Bell)
        {
            renewal.Answered(this, answer);
        }
    }

    internal override void Failed(Step step, Exception? failure)
    {
        // The connection was given up, and the renewal with it.
    }
}
