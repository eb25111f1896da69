using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// A registry that was made with another lease time is taken over when nobody lives in it any more: whoever is set otherwise looks at it again and again, removes the nodes that have not renewed for as long as they may serve, and at
/// last the registry itself. The next renewal makes one with the lease time of this node.
/// </summary>
/// <remarks>
/// Nobody serves any more then. A node that renewed in this registry is seen to have done so, or is outwaited; one that renewed in an earlier registry alone has lost its lease by the time that this one was seen for that long. Whoever
/// renews in between stays: the store compares heartbeats, and removes no registry that somebody is in. The model is models/lease.pml.
/// </remarks>
internal sealed class Succession(Line line, RegistryTerms terms, Action onRetired)
{
    private readonly object _state = new();
    private readonly Dictionary<string, (long Heartbeats, long Since)> _nodes = new(StringComparer.Ordinal);
    private long _epoch;
    private FenceToken _nonce;
    private long _since;
    private long _othersUntil = long.MinValue;
    private long _othersOutwaited;

    /// <summary>True while nodes with the other lease time may serve that this node's registry does not know, should theirs get lost.</summary>
    internal bool MayOthersServe
    {
        get
        {
            lock (_state)
            {
                return line.Now < _othersUntil;
            }
        }
    }

    /// <summary>After how long nobody serves any more who has not renewed, whichever lease time they have.</summary>
    internal long OutwaitsAfter
    {
        get
        {
            lock (_state)
            {
                return line.Now < _othersUntil ? Math.Max(terms.OutwaitsAfter, _othersOutwaited) : terms.OutwaitsAfter;
            }
        }
    }

    /// <summary>On the reader: the registry was made with something else. Looks who lives in it.</summary>
    internal void Watch(long epoch, long agreement)
    {
        lock (_state)
        {
            // They may renew until this node looks again.
            _othersOutwaited = RegistryTerms.OutwaitsAfterOf(RegistryTerms.LeaseOf(agreement));
            _othersUntil = line.Now + _othersOutwaited + terms.Lease;
        }

        line.Send(epoch, new AuthorityCommand(AuthorityVerb.Status, new Watching(line, epoch, this)));
    }

    private void Retired() => onRetired();

    private void Seen(long epoch, in AuthorityAnswer registry)
    {
        if (registry.Kind != AuthorityKind.Value)
        {
            return;
        }

        var silent = new List<RegistryNode>();
        lock (_state)
        {
            if (_epoch != epoch || _nonce != registry.Token)
            {
                (_epoch, _nonce, _since) = (epoch, registry.Token, line.Now);
                _nodes.Clear();
            }

            foreach (var node in registry.Nodes ?? [])
            {
                if (!_nodes.TryGetValue(node.Id, out var seen) || seen.Heartbeats != node.Heartbeats)
                {
                    _nodes[node.Id] = (node.Heartbeats, line.Now);
                }
                else if (line.Now - seen.Since >= _othersOutwaited)
                {
                    silent.Add(node);
                }
            }

            if (line.Now - _since < _othersOutwaited)
            {
                return;
            }
        }

        Remove(epoch, registry, silent);
    }

    private void Remove(long epoch, in AuthorityAnswer registry, List<RegistryNode> silent)
    {
        foreach (var node in silent)
        {
            var forget = new PlainRound(line, epoch);
            forget.Send(new AuthorityCommand(AuthorityVerb.Forget, forget) { Key = node.Id, Expected = registry.Token, Number = node.Heartbeats });
        }

        if (silent.Count == (registry.Nodes?.Count ?? 0))
        {
            line.Send(epoch, new AuthorityCommand(AuthorityVerb.Retire, new Watching(line, epoch, this), Watching.Retiring) { Expected = registry.Token });
        }
    }

    private sealed class Watching(Line line, long epoch, Succession succession) : Round(line, epoch)
    {
        internal const int Retiring = 1;

        public override void Answered(int index, in AuthorityAnswer answer)
        {
            if (index != Retiring)
            {
                succession.Seen(Epoch, answer);
            }
            else if (answer.Number > 0)
            {
                succession.Retired();
            }
        }

        protected override void Lost(int index, Exception? failure)
        {
            // The connection was given up; the watch begins anew with the next one.
        }
    }
}
