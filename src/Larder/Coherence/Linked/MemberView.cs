using Larder.Ports;

namespace Larder.Coherence;

/// <summary>What a node that has entered the registry knows of it: it waits for all others, whatever their level.</summary>
internal sealed class MemberView(Renewal renewal, Succession succession, RegistryTerms terms) : IRegistryView
{
    public bool CanOutwait => !renewal.IsForeign;

    public long OutwaitsAfter => succession.OutwaitsAfter;

    public bool Trusts(FenceToken nonce, long since, long epoch) => renewal.Trusts(nonce, since, epoch);

    public bool WaitsFor(in RegistryNode node) => node.Id != terms.Id;
}
