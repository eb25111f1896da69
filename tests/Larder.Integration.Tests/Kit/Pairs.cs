namespace Larder.Integration.Tests.Kit;

/// <summary>Two processes for each level over one server, started when they are first needed, for tests that leave the server alone. Each test uses a key, a row and a tag of its own.</summary>
public sealed class Pairs : IAsyncLifetime
{
    private readonly Dictionary<CoherenceLevel, (NodeProcess, NodeProcess)> _pairs = [];
    private int _row;

    internal World World { get; private set; } = null!;

    public async ValueTask InitializeAsync() => World = await World.StartAsync();

    public ValueTask DisposeAsync() => World.DisposeAsync();

    /// <summary>The two nodes of a level, and a key of one's own.</summary>
    internal async Task<Scene> SceneAsync(CoherenceLevel level)
    {
        if (!_pairs.TryGetValue(level, out var pair))
        {
            _pairs[level] = pair = (await World.StartNodeAsync(level), await World.StartNodeAsync(level));
        }

        return new Scene(World, level, pair.Item1, pair.Item2, ++_row);
    }
}
