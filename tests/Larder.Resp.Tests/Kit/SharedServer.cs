using Larder.Servers;

namespace Larder.Resp.Tests.Kit;

/// <summary>One real server for the tests of a class, and a client of it.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private RealServer? _server;
    private RespClient? _client;

    internal RealServer Server => _server!;

    internal RespClient Client => _client!;

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
