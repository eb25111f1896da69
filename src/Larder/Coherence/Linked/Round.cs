using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// Commands that are sent together, and what becomes of their answers on the reader. Answers come one after the other; a failure may come on any thread, also while an answer is
/// being looked at.
/// </summary>
internal abstract class Round(Line line, long epoch)
{
    internal Line Line { get; } = line;

    /// <summary>The connection that it is sent on.</summary>
    internal long Epoch { get; } = epoch;

    /// <summary>On the reader, in the stream's order. Quick, never throws.</summary>
    internal abstract void Answered(Step step, in AuthorityAnswer answer);

    /// <summary>
    /// The key of this step lives elsewhere, and the step was not carried out; the connection stays. It is carried out there, unless the round begins anew. Whatever the round observes is void from
    /// here on, because nobody will tell of changes.
    /// </summary>
    internal virtual void Moved(Step step, Line strays) => strays.Send(strays.Epoch, step.Elsewhere());

    /// <summary>There is no answer to this step. The connection has been given up already.</summary>
    internal abstract void Failed(Step step, Exception? failure);
}
