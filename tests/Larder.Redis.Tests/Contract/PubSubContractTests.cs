using Larder.Testing;

namespace Larder.Redis.Tests.Contract;

/// <summary>The tier keeps the contract of tiers without tracking, by messages.</summary>
public sealed class PubSubContractTests
{
    private const int Tries = 5;

    // They take a reading for valid right after another node has written. A message about a change that a node has read already comes after the reading, and voids it for nothing: that is what Eventual
    // by messages is. PubSubTests looks at the same changes without the haste.
    private static readonly string[] TooHasty = ["AValueIsAnsweredInsteadOfALease", "EveryChangeVoidsWhatWasRead"];

    public static TheoryData<ContractRule> Rules =>
        [.. RealContract.Of(CoherenceLevel.Eventual, RedisTransport.PubSub).Where(static rule => !TooHasty.Any(name => rule.Name.EndsWith(name, StringComparison.Ordinal)))];

    /// <summary>Other rules may meet such a message too, seldom; they have more than one try for that.</summary>
    [Theory]
    [MemberData(nameof(Rules), DisableDiscoveryEnumeration = true)]
    public async Task RedisAuthority_OnARealServer_KeepsTheContract(ContractRule rule)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await rule.Check();
                return;
            }
            catch (TierContractException) when (attempt < Tries)
            {
                // Once more, on a fresh store.
            }
        }
    }
}
