using Larder.Ports;

namespace Larder.Testing;

/// <summary>How the fences of tags and of the whole cache behave.</summary>
public sealed class FenceRules : TierRules
{
    private static readonly FenceName[] Names = [FenceName.Cache, FenceName.AnyTag, FenceName.OfTag("a"), FenceName.OfTag("A"), FenceName.OfTag("")];

    internal FenceRules(TierContractSettings settings)
        : base(settings)
    {
    }

    private protected override IEnumerable<Func<Task>> Rules =>
    [
        AMissingFenceIsMade, AFenceStaysUntilItIsMoved, AMovedFenceIsAnother, NoFencesAreReadToo, ManyReadersSeeTheSameFence,
        .. IsShared ? [OtherNodesAreToldOfAMove, OtherNodesAreToldOfEveryMove] : Array.Empty<Func<Task>>(),
    ];

    /// <summary>A missing fence is made with a fresh token; each is another one.</summary>
    /// <returns>The task.</returns>
    public Task AMissingFenceIsMade() => OnAsync(static async stage =>
    {
        var tokens = await ReadAsync(stage.Node, Names).ConfigureAwait(false);
        Expect.Equal(Names.Length, tokens.Length, "The number of answers of ReadFencesAsync");
        Expect.True(tokens.All(static token => !token.IsNone), "ReadFencesAsync of missing fences answers tokens");
        Expect.Equal(Names.Length, tokens.Distinct().Count(), "How many different tokens as many missing fences get");
    });

    /// <summary>Every node reads the same token, in the order in which it asks.</summary>
    /// <returns>The task.</returns>
    public Task AFenceStaysUntilItIsMoved() => OnAsync(static async stage =>
    {
        var tokens = await ReadAsync(stage.Node, Names).ConfigureAwait(false);
        var others = await ReadAsync(stage.Other, [.. Names.Reverse()]).ConfigureAwait(false);
        Expect.True(tokens.Reverse().SequenceEqual(others), "ReadFencesAsync answers the same tokens until the fences are moved, in the order of the names");
    });

    /// <summary>A move gives this fence another token, and no other fence.</summary>
    /// <returns>The task.</returns>
    public Task AMovedFenceIsAnother() => OnAsync(static async stage =>
    {
        foreach (var moved in Names)
        {
            var before = await ReadAsync(stage.Node, Names).ConfigureAwait(false);
            Expect.True(await stage.Other.Tier.MoveFenceAsync(moved, CancellationToken.None).ConfigureAwait(false), "MoveFenceAsync answers true");
            var after = await ReadAsync(stage.Node, Names).ConfigureAwait(false);
            for (var i = 0; i < Names.Length; i++)
            {
                Expect.Equal(Names[i] != moved, before[i] == after[i], $"Whether the fence {Names[i].Kind} \"{Names[i].Tag}\" stays when the fence {moved.Kind} \"{moved.Tag}\" is moved");
            }
        }
    });

    /// <summary>Reading nothing answers nothing.</summary>
    /// <returns>The task.</returns>
    public Task NoFencesAreReadToo() => OnAsync(static async stage =>
        Expect.Equal(0, (await ReadAsync(stage.Node, []).ConfigureAwait(false)).Length, "The number of answers of ReadFencesAsync without names"));

    /// <summary>Of all that make a missing fence at once all read the same token.</summary>
    /// <returns>The task.</returns>
    public Task ManyReadersSeeTheSameFence() => OnAsync(static async stage =>
    {
        var tokens = await Racing.AllAsync(12, async i => (await ReadAsync(i % 2 == 0 ? stage.Node : stage.Other, [FenceName.OfTag("new")]).ConfigureAwait(false))[0]).ConfigureAwait(false);
        Expect.Equal(1, tokens.Distinct().Count(), "How many different tokens 12 readers of one missing fence have seen");
    });

    /// <summary>From the answer on, a node is told when another one moves the fence.</summary>
    /// <returns>The task.</returns>
    public Task OtherNodesAreToldOfAMove() => OnTwoNodesAsync(static async stage =>
    {
        foreach (var name in Names)
        {
            await ReadAsync(stage.Other, [name]).ConfigureAwait(false);
            await stage.Tier.MoveFenceAsync(name, CancellationToken.None).ConfigureAwait(false);
            await stage.EventuallyAsync(() => stage.Other.Moved.Contains(name), "FenceMoved is called on a node that has read the fence before").ConfigureAwait(false);
        }
    });

    /// <summary>Whoever reads the fence again is told again.</summary>
    /// <returns>The task.</returns>
    public Task OtherNodesAreToldOfEveryMove() => OnTwoNodesAsync(static async stage =>
    {
        for (var round = 1; round <= 3; round++)
        {
            await ReadAsync(stage.Other, [FenceName.AnyTag]).ConfigureAwait(false);
            await stage.Tier.MoveFenceAsync(FenceName.AnyTag, CancellationToken.None).ConfigureAwait(false);
            var count = round;
            await stage.EventuallyAsync(() => stage.Other.Moved.Count >= count, $"FenceMoved is called for the move number {round}").ConfigureAwait(false);
        }
    });

    private static async Task<FenceToken[]> ReadAsync(StageNode node, FenceName[] names) =>
        await node.Tier.ReadFencesAsync(names, CancellationToken.None).ConfigureAwait(false)
        ?? throw new TierContractException("ReadFencesAsync: expected as many tokens as names, seen null.");
}
