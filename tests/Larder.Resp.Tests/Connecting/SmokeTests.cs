using System.Diagnostics;
using Larder.Resp.Reading;
using Larder.Servers;

namespace Larder.Resp.Tests.Connecting;

public sealed class SmokeTests
{
    [Fact]
    public async Task Get_Works()
    {
        var port = FreePort.Next();
        using var server = Process.Start("redis-server", $"--port {port} --save \"\" --dir /tmp --loglevel warning")!;
        try
        {
            await using var client = await RespClient.ConnectAsync($"127.0.0.1:{port},connectRetry=20");
            await client.ExecuteAsync(new RespCommand("SET", "a", new string('x', 1024)));
            Console.WriteLine((await client.ExecuteAsync(new RespCommand("GET", "a"))).ToString());
            for (var callers = 1; callers <= 256; callers *= 4)
            {
                for (var k = 0; k < 3; k++)
                {
                    var n = 100_000 / (callers == 1 ? 10 : 1);
                    var a = GC.GetTotalAllocatedBytes(true);
                    var t = Stopwatch.GetTimestamp();
                    await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
                    {
                        for (var i = 0; i < n / callers; i++)
                        {
                            var v = await client.ExecuteAsync(new RespCommand("GET", "a"), Replies.Bytes);
                            if (v!.Length != 1024) { throw new InvalidOperationException(); }
                        }
                    }));
                    var el = Stopwatch.GetElapsedTime(t);
                    Console.WriteLine($"{callers}: {n / el.TotalSeconds / 1000:0} k/s, {el.TotalMicroseconds / n:0.00} us, {(GC.GetTotalAllocatedBytes(true) - a) / (double)n:0} B");
                }
            }
            Console.WriteLine(client.Diagnose());
        }
        finally
        {
            server.Kill();
        }
    }
}
