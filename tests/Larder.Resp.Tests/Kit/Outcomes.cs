using System.Threading.Channels;
using Larder.Servers;

namespace Larder.Resp.Tests.Kit;

/// <summary>Writes down what becomes of posted commands, and lets a test await it.</summary>
internal sealed class Outcomes : IRespReplyHandler
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    /// <summary>Runs in front of every call, with its line.</summary>
    internal Action<string>? Before { get; init; }

    internal int Waiting => _lines.Reader.Count;

    public void OnReply(ref RespReader reply) => Add($"reply {reply.GetString() ?? "(null)"}");

    public void OnError(RespServerException error, long epoch) => Add($"error {error.Code}");

    public void OnFailure(Exception failure) => Add($"failure {failure.GetType().Name}");

    internal Task<string> NextAsync() => Patience.Await(_lines.Reader.ReadAsync().AsTask(), () => "an outcome");

    internal async Task ExpectAsync(params string[] lines)
    {
        foreach (var line in lines)
        {
            Assert.Equal(line, await NextAsync());
        }
    }

    private void Add(string line)
    {
        Before?.Invoke(line);
        Assert.True(_lines.Writer.TryWrite(line));
    }
}
