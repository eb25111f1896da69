using System.Buffers;
using Larder.Ports;

namespace Larder.Tests.Coherence.Kit;

/// <summary>A link that says itself where waiters may go on. It answers nothing: the test answers what was sent, and resumes it.</summary>
internal sealed class ResumingLink : IAuthorityLink
{
    private IAuthorityLinkListener _listener = null!;

    public string Name => "resuming";

    public CacheTier Kind => CacheTier.Remote;

    public bool AnnouncesInOrder => true;

    public bool ResumesCallers => true;

    /// <summary>Everything that was sent.</summary>
    internal List<AuthorityCommand> Sent { get; } = [];

    /// <summary>What is answered inside of the sending; null for nothing.</summary>
    internal AuthorityAnswer? AtOnce { get; set; }

    public void Start(TierHost host, IAuthorityLinkListener listener) => (_listener = listener).Connected(1);

    public void Send(long epoch, params ReadOnlySpan<AuthorityCommand> commands)
    {
        foreach (ref readonly var command in commands)
        {
            Sent.Add(command);
            if (AtOnce is { } answer)
            {
                command.Caller.Answered(command.Index, answer);
            }
        }
    }

    public void Drop(long epoch) => _listener.Disconnected(epoch);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal static AuthorityAnswer Value(byte[] bytes) => new() { Kind = AuthorityKind.Value, Token = FenceToken.Create(), Body = new ReadOnlySequence<byte>(bytes) };
}
