using System.Buffers;
using Larder.Ports;

namespace Larder.Tests.Coherence.Kit;

/// <summary>A command on its way to the store, as it stands when the store reads it; its answer goes into the stream of the connection.</summary>
internal sealed class SteppedCommand : AuthorityCommand
{
    private readonly SteppedLink _link;
    private readonly AuthorityCommand _sender;

    internal SteppedCommand(SteppedLink link, AuthorityCommand sender)
    {
        _link = link;
        _sender = sender;
        Verb = sender.Verb;
        Key = sender.Key;
        Fence = sender.Fence;
        Token = sender.Token;
        Expected = sender.Expected;
        Milliseconds = sender.Milliseconds;
        Number = sender.Number;
        Body = new ReadOnlySequence<byte>(sender.Body.ToArray());
    }

    public override void Answered(in AuthorityAnswer answer)
    {
        var kept = answer with { Body = new ReadOnlySequence<byte>(answer.Body.ToArray()) };
        _link.Answer(_sender, Verb.ToString(), () => _sender.Answered(kept));
    }

    public override void Failed(Exception? failure) => _link.Answer(_sender, Verb + " failed", () => _sender.Failed(failure));
}
