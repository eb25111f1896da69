using System.Buffers;
using Larder.Ports;

namespace Larder.Tests.Coherence.Kit;

/// <summary>A command on its way to the store, as it stood when it was sent; its answer goes into the stream of the connection.</summary>
internal sealed class SteppedCommand : AuthorityCommand
{
    private readonly SteppedLink _link;

    internal SteppedCommand(SteppedLink link, AuthorityCommand sender)
    {
        _link = link;
        Sender = sender;
        Verb = sender.Verb;
        Key = sender.Key;
        Fence = sender.Fence;
        Token = sender.Token;
        Expected = sender.Expected;
        Milliseconds = sender.Milliseconds;
        Number = sender.Number;
        Body = new ReadOnlySequence<byte>(sender.Body.ToArray());
    }

    internal AuthorityCommand Sender { get; }

    public override void Answered(in AuthorityAnswer answer)
    {
        var kept = answer with { Body = new ReadOnlySequence<byte>(answer.Body.ToArray()) };
        _link.Answer(this, Verb.ToString(), () => Sender.Answered(kept));
    }

    public override void Failed(Exception? failure) => _link.Answer(this, Verb + " failed", () => Sender.Failed(failure));
}
