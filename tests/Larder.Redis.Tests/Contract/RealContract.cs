using System.Runtime.CompilerServices;
using Larder.Redis.Tests.Kit;
using Larder.Testing;

namespace Larder.Redis.Tests.Contract;

/// <summary>The contract of tiers, for tiers on a real server. Its clock can not be moved, so time really passes.</summary>
internal static class RealContract
{
    internal static IEnumerable<ContractRule> Of(CoherenceLevel level, RedisTransport transport) => Of(level, transport, static () => SharedServer.Address, $"{level}, {transport}");

    /// <summary>The same on a cluster whose ranges are whole.</summary>
    internal static IEnumerable<ContractRule> OnACluster(CoherenceLevel level) => Of(level, RedisTransport.Tracking, static () => SharedCluster.Address, $"{level}, cluster");

    private static IEnumerable<ContractRule> Of(CoherenceLevel level, RedisTransport transport, Func<string> address, string name)
    {
        var settings = new ConditionalWeakTable<ITier, RedisOptions>();
        var contract = new TierContract(_ => Make(new RedisOptions
        {
            ConnectionString = address(),
            Prefix = SharedServer.NewPrefix(),
            Level = level,
            Transport = transport,
        }))
        {
            WatchesMissing = !name.EndsWith("cluster", StringComparison.Ordinal),
            MakeAnother = (tier, _) => Make(settings.TryGetValue(tier, out var options) ? options : throw new InvalidOperationException("The tier is not one of these.")),
            Hold = async (tier, key, time) => Assert.True(await ((RedisAuthority)tier).HoldAsync(key, time, CancellationToken.None)),
            LetTimePass = Task.Delay,
        };
        return contract.All.Select(rule => rule with { Name = $"{name}: {rule.Name}" });

        RedisAuthority Make(RedisOptions options)
        {
            var tier = new RedisAuthority(options);
            settings.Add(tier, options);
            return tier;
        }
    }
}
