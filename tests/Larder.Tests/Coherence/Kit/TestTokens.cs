using Larder.Ports;

namespace Larder.Tests.Coherence.Kit;

/// <summary>Tokens as a cache draws them.</summary>
internal static class TestTokens
{
    internal static FenceToken NewTestToken(this TierHost host) => FenceToken.Create(host.Scheduler.FillRandom);
}
