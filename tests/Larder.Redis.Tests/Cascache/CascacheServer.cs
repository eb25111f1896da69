using Larder.Resp;
using Larder.Servers;

namespace Larder.Redis.Tests.Cascache;

/// <summary>One real server for the tests of a class; each test has a namespace of its own.</summary>
public sealed class CascacheServer : IAsyncLifetime
{
    private RealServer? _server;
    private RespClient? _client;
    private int _spaces;

    internal RealServer Server => _server!;

    internal RespClient Client => _client!;

    /// <summary>A namespace that no other test has.</summary>
    internal string NextSpace() => $"space{Interlocked.Increment(ref _spaces)}";

    public async ValueTask InitializeAsync()
    {
        _server = await RealServer.StartAsync();
        _client = await RespClient.ConnectAsync($"127.0.0.1:{_server.Port}");
    }

    public async ValueTask DisposeAsync()
    {
        await _client!.DisposeAsync();
        await _server!.DisposeAsync();
    }
}
