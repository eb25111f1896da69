using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// Commands that are sent together, told apart by their index, and what becomes of their answers on the reader. Answers come one after the other; a failure may come on any thread, also while an
/// answer is being looked at.
/// </summary>
internal abstract class Round(Line line, long epoch) : IAuthorityCaller
{
    internal Line Line { get; } = line;

    /// <summary>The connection that it is sent on.</summary>
    internal long Epoch { get; } = epoch;

    /// <summary>On the reader, in the stream's order. Quick, never throws.</summary>
    public abstract void Answered(int index, in AuthorityAnswer answer);

    public void Failed(int index, Exception? failure)
    {
        // First the connection: by the time that anybody learns of the failure nothing of it counts any more.
        Line.Fault(Epoch, failure);
        Losing();
        Lost(index, failure);
    }

    /// <inheritdoc/>
    public virtual void Resume(int index)
    {
    }

    /// <summary>One of the commands has failed; called before <see cref="Lost"/>.</summary>
    private protected virtual void Losing()
    {
    }

    /// <summary>There is no answer to this command. The connection has been given up already.</summary>
    protected abstract void Lost(int index, Exception? failure);
}
