using FileTier;

namespace Larder.Testing.Tests.Contract;

/// <summary>The example of docs/writing-a-tier.md keeps the contract.</summary>
public sealed class FileTierContractTests : IDisposable
{
    private static readonly string Root = Path.Combine(Path.GetTempPath(), $"larder-file-tier-{Environment.ProcessId}");

    private static readonly TierContract Contract = new(_ => new FileAuthority(Path.Combine(Root, Guid.NewGuid().ToString("N"))));

    public static TheoryData<ContractRule> Rules => [.. Contract.All];

    public void Dispose()
    {
        if (Directory.Exists(Root))
        {
            Directory.Delete(Root, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Rules), DisableDiscoveryEnumeration = true)]
    public Task FileTier_KeepsTheContract(ContractRule rule) => rule.Check();

    [Fact]
    public async Task FileTier_OpenedAgain_StillHasItsValuesAndFences()
    {
        var folder = Path.Combine(Root, "again");
        var token = FenceToken.Create();
        FenceToken[]? fences;
        await using (var first = new FileAuthority(folder))
        {
            first.Attach(new TierHost("shop", new Support.Listening()));
            await first.SetAsync("k", new TierWrite(Support.Node.Bytes(1, 2, 3), TimeSpan.FromMinutes(1)), token, null, CancellationToken.None);
            fences = await first.ReadFencesAsync(new[] { FenceName.Cache }, CancellationToken.None);
        }

        await using var second = new FileAuthority(folder);
        second.Attach(new TierHost("shop", new Support.Listening()));
        using var reading = await second.GetAsync("k", null, CancellationToken.None);

        Assert.Equal(token, reading.Token);
        Assert.Equal(fences, await second.ReadFencesAsync(new[] { FenceName.Cache }, CancellationToken.None));
    }
}
