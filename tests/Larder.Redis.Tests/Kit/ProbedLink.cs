using System.Buffers;
using System.Collections.Concurrent;
using Larder.Redis.Connecting;
using Larder.Redis.Linking;
using Larder.Resp;

namespace Larder.Redis.Tests.Kit;

/// <summary>A link without the protocol on top: commands are given one by one, and what is announced is written down.</summary>
internal sealed class ProbedLink : IAuthorityLinkListener, IAsyncDisposable
{
    private readonly IAuthorityLink _link;
    private readonly ConcurrentQueue<string> _announced = new();
    private long _epoch;

    internal ProbedLink(IAuthorityLink link, string cache = "probe")
    {
        _link = link;
        link.Start(new TierHost(cache, new Deaf()), this);
    }

    internal long Epoch => Volatile.Read(ref _epoch);

    internal IAuthorityLink Link => _link;

    /// <summary>A link to a server, connected.</summary>
    internal static async Task<ProbedLink> ConnectAsync(string address, string prefix, RedisTransport transport = RedisTransport.Tracking)
    {
        var probe = new ProbedLink(Make(address, prefix, transport));
        await probe.ConnectedAsync();
        return probe;
    }

    internal static RedisLink Make(string address, string prefix, RedisTransport transport = RedisTransport.Tracking) =>
        new(new RedisHub(RespOptions.Parse(address), transport == RedisTransport.Tracking), prefix);

    internal Task ConnectedAsync() => RedisNode.UntilAsync(() => Epoch != 0, () => "the link to be connected");

    /// <summary>Gives a command, and waits for its answer.</summary>
    internal Task<ProbedAnswer> AskAsync(AuthorityVerb verb, string? key = null, Func<AuthorityCommand, AuthorityCommand>? with = null)
    {
        var caller = new Caller();
        var command = new AuthorityCommand(verb, caller) { Key = key };
        _link.Send(Epoch, with is null ? command : with(command));
        return caller.Answer.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>Everything that was announced since the last call; what came before the last answer is in it.</summary>
    internal List<string> TakeAnnounced()
    {
        var taken = new List<string>();
        while (_announced.TryDequeue(out var one))
        {
            taken.Add(one);
        }

        return taken;
    }

    /// <summary>Waits until something is announced.</summary>
    internal Task AnnouncedAsync(string what) => RedisNode.UntilAsync(() => _announced.Contains(what), () => $"\"{what}\" to be announced");

    void IAuthorityLinkListener.Connected(long epoch) => Volatile.Write(ref _epoch, epoch);

    void IAuthorityLinkListener.Disconnected(long epoch)
    {
        Interlocked.CompareExchange(ref _epoch, 0, epoch);
        _announced.Enqueue("disconnected");
    }

    void IAuthorityLinkListener.KeyChanged(string key) => _announced.Enqueue(key);

    void IAuthorityLinkListener.FenceChanged(FenceName name) => _announced.Enqueue($"fence {name.Kind} {name.Tag}");

    void IAuthorityLinkListener.EverythingChanged() => _announced.Enqueue("everything");

    public ValueTask DisposeAsync() => _link.DisposeAsync();

    private sealed class Caller : IAuthorityCaller
    {
        internal TaskCompletionSource<ProbedAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Answered(int index, in AuthorityAnswer answer) => Answer.SetResult(new ProbedAnswer(
            answer.Kind, answer.Token, answer.Number, answer.Milliseconds, Convert.ToHexString(answer.Body.ToArray()), answer.Nodes, Failure: null, HasFailed: false));

        public void Failed(int index, Exception? failure) =>
            Answer.SetResult(new ProbedAnswer(default, default, 0, 0, "", null, failure, HasFailed: true));
    }

    private sealed class Deaf : ITierListener
    {
        public void KeyChanged(string key)
        {
        }

        public void FenceMoved(FenceName name)
        {
        }

        public void Missed()
        {
        }
    }
}
