using System.Runtime.CompilerServices;
using Larder.Redis.Tests.Kit;
using Larder.Testing;

namespace Larder.Redis.Tests.Contract;

/// <summary>The contract of tiers, for tiers on a real server. Its clock can not be moved, so time really passes.</summary>
internal static class RealContract
{
    internal static IEnumerable<ContractRule> Of(CoherenceLevel level, RedisTransport transport)
    {
        var settings = new ConditionalWeakTable<ITier, RedisOptions>();
        var contract = new TierContract(_ => Make(new RedisOptions
        {
            ConnectionString = SharedServer.Address,
            Prefix = SharedServer.NewPrefix(),
            Level = level,
            Transport = transport,
        }))
        {
            MakeAnother = (tier, _) => Make(settings.TryGetValue(tier, out var options) ? options : throw new InvalidOperationException("The tier is not one of these.")),
            Hold = async (tier, key, time) => Assert.True(await ((RedisAuthority)tier).HoldAsync(key, time, CancellationToken.None)),
            LetTimePass = Task.Delay,
        };
        return contract.All.Select(rule => rule with { Name = $"{level}, {transport}: {rule.Name}" });

        RedisAuthority Make(RedisOptions options)
        {
            var tier = new RedisAuthority(options);
            settings.Add(tier, options);
            return tier;
        }
    }
}
