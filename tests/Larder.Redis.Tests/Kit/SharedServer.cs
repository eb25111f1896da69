using Larder.Redis.Tests.Kit;
using Larder.Servers;

[assembly: AssemblyFixture(typeof(SharedServer))]

namespace Larder.Redis.Tests.Kit;

/// <summary>One server for all tests that do it no harm. Each of them uses a prefix of its own.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private static int LastPrefix;

    internal static RealServer Real { get; private set; } = null!;

    internal static string Address => $"127.0.0.1:{Real.Port}";

    public async ValueTask InitializeAsync() => Real = await RealServer.StartAsync(new ServerSettings { Name = "shared" });

    public ValueTask DisposeAsync() => Real.DisposeAsync();

    /// <summary>A prefix that nobody has used.</summary>
    internal static string NewPrefix() => $"test{Interlocked.Increment(ref LastPrefix)}";
}
