namespace Larder.Integration.Tests.Kit;

/// <summary>Two nodes and a key that nobody else uses, with a row of the database and a tag.</summary>
internal sealed record Scene(World World, CoherenceLevel Level, NodeProcess A, NodeProcess B, int Row)
{
    internal string Key => $"k{Row}";

    internal string Tag => $"t{Row}";

    /// <summary>Reads through a node; the source answers the present version at once. Only the value is given.</summary>
    internal async Task<string> ReadAsync(NodeProcess node) => Last(await node.CallAsync($"load {Key} {Row} - {Tag}"));

    /// <summary>Begins to load on a node, and comes back when the source has been read and its answer is held up at the gate.</summary>
    internal async Task<Task<string>> LoadHeldUpAsync(NodeProcess node, string gate)
    {
        var load = node.CallAsync($"load {Key} {Row} {Key}-{gate} {Tag}");
        await node.AtAsync($"{Key}-{gate}");
        return ValueOf(load);
    }

    internal Task ReleaseAsync(NodeProcess node, string gate) => node.CallAsync($"release {Key}-{gate}");

    /// <summary>What memory alone answers.</summary>
    internal Task<string> PeekAsync(NodeProcess node) => node.CallAsync($"try {Key}");

    /// <summary>What all tiers answer, and the source is not asked.</summary>
    internal async Task<string> KeptAsync(NodeProcess node) => Last(await node.CallAsync($"get {Key}"));

    /// <summary>Waits for what the level allows before the other node must know.</summary>
    internal Task GrantAsync(NodeProcess node) => World.GrantAsync(Level, node, Key);

    /// <summary>The same when the node may have the new value already.</summary>
    internal async Task GrantAsyncUnless(NodeProcess node, string value)
    {
        if (await KeptAsync(node) != value)
        {
            await GrantAsync(node);
        }
    }

    internal string Commit() => World.Commit(Row);

    private static async Task<string> ValueOf(Task<string> load) => Last(await load);

    private static string Last(string answer) => answer.Split(' ')[^1];
}
