using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// What a node knows of a registry that it only looks at: since when it has seen it on this connection, and which lease time its nodes have agreed on. One of a lower level waits for the strict nodes alone.
/// </summary>
internal sealed class GuestView(Line line, bool isStrict) : IRegistryView
{
    private readonly object _state = new();
    private FenceToken _nonce;
    private long _since;
    private long _epoch;
    private long _outwaitsAfter;
    private long _longer;
    private long _longerUntil = long.MinValue;
    private FenceToken _strictNonce;
    private long _strictUntil = long.MinValue;

    public bool CanOutwait => true;

    public long OutwaitsAfter
    {
        get
        {
            lock (_state)
            {
                return line.Now < _longerUntil ? Math.Max(_outwaitsAfter, _longer) : _outwaitsAfter;
            }
        }
    }

    /// <summary>Takes note of a look. True when there may be strict nodes that serve from memory.</summary>
    internal bool HasStrictNodes(Tail look)
    {
        var registry = look.Answer;
        lock (_state)
        {
            if (registry.Kind == AuthorityKind.Value && (_nonce != registry.Token || _epoch != look.Epoch))
            {
                // Seen from the answer on, so by the time that it is worth something every node has renewed in it.
                (_nonce, _epoch, _since) = (registry.Token, look.Epoch, look.AnsweredAt);
                (_longer, _longerUntil) = (_outwaitsAfter, line.Now + _outwaitsAfter);
                _outwaitsAfter = RegistryTerms.OutwaitsAfterOf(RegistryTerms.LeaseOf(registry.Milliseconds));
            }

            if (registry.Number > 0)
            {
                (_strictNonce, _strictUntil) = (registry.Token, line.Now + _outwaitsAfter);
                return true;
            }

            // They were in a registry that is gone: in the new one they come back only with their next renewal.
            return _strictNonce != registry.Token && line.Now < _strictUntil;
        }
    }

    public bool Trusts(FenceToken nonce, long since, long epoch)
    {
        lock (_state)
        {
            return _epoch == epoch && _nonce == nonce && since - _since >= _outwaitsAfter;
        }
    }

    public bool WaitsFor(in RegistryNode node) => isStrict || node.IsStrict;
}
