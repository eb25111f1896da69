using System.Text;

namespace Larder.Resp.Tests.Kit;

/// <summary>Writes down, in the order of the stream, what a handler and decoders see.</summary>
internal sealed class StreamLog : IRespStreamHandler, IRespDecoder<string>, IRespReplyHandler
{
    private readonly List<string> _lines = [];
    private long _pushes;

    internal IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    internal long Pushes => Volatile.Read(ref _pushes);

    public void OnPush(ref RespReader push)
    {
        Interlocked.Increment(ref _pushes);
        var kind = push.GetString();
        push.Read();
        Add($"{kind} {(push.IsNull ? "all" : Frames.Show(push.GetValue()))}");
    }

    public void OnGap(RespGap gap) => Add(gap.IsMove ? "moved" : gap.IsConnected ? "connected" : "lost");

    public string Decode(ref RespReader reply)
    {
        var text = reply.IsNull ? "(null)" : Encoding.UTF8.GetString(reply.Span);
        Add($"reply {text}");
        return text;
    }

    public void OnReply(ref RespReader reply) => Decode(ref reply);

    public void OnError(RespServerException error, long epoch) => Add($"error {error.Code}");

    public void OnFailure(Exception failure) => Add($"failure {failure.GetType().Name}");

    private void Add(string line)
    {
        lock (_lines)
        {
            _lines.Add(line);
        }
    }
}
