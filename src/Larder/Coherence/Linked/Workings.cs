using Larder.Ports;

namespace Larder.Coherence;

/// <summary>The rules of one <see cref="LinkedAuthority"/>, put together once its host is known.</summary>
internal sealed class Workings
{
    private readonly RegistryTerms _terms;
    private readonly Renewal? _renewal;

    /// <summary>Makes them for one registry and its connection.</summary>
    /// <param name="link">The connection.</param>
    /// <param name="host">Whom to tell.</param>
    /// <param name="options">The settings.</param>
    /// <param name="gate">What the registry's lease has a share in.</param>
    /// <param name="news">Who is told how the connection is.</param>
    /// <param name="strays">Where keys are asked for that live elsewhere; null where there is no elsewhere.</param>
    /// <param name="ranges">How many registries there are, if nodes must agree on that; otherwise 0.</param>
    internal Workings(IAuthorityLink link, TierHost host, LinkedAuthorityOptions options, GatePart gate, ILineNews news, Line? strays = null, int ranges = 0)
    {
        var isGuarded = options.Level != CoherenceLevel.Eventual;
        Line = new Line(link, host, gate, isGuarded) { Strays = strays };
        _terms = new RegistryTerms(Line.NewToken().ToString(), Durations.Milliseconds(options.LeaseTime), options.Level == CoherenceLevel.Strict, ranges);
        _renewal = isGuarded ? new Renewal(Line, _terms, news.LeaseTime) : null;
        Synchronization = options.Level == CoherenceLevel.Strict ? new Synchronization(Line, _renewal!, _terms) : null;
        var waits = new KeyWaits(host.Scheduler);
        Claims = new Claims(Line, waits);
        Commands = new KeyCommands(Line, Durations.Milliseconds(options.WriteLeaseTime));
        Pushes = new Pushes(Line, waits, _renewal, news);
        Line.Lost = failure =>
        {
            _renewal?.Lost();
            host.Listener.Missed();
            waits.WakeAll();
            news.Lost(failure);
        };
    }

    internal Line Line { get; }

    internal Claims Claims { get; }

    internal KeyCommands Commands { get; }

    internal Pushes Pushes { get; }

    /// <summary>Null when nobody waits for others.</summary>
    internal Synchronization? Synchronization { get; }

    /// <summary>True when the registry was seen, and this node may take part in it.</summary>
    internal bool HasAgreed => _renewal is { HasAgreed: true };

    /// <summary>Stops serving from memory, and only then leaves the registry: from there on nobody waits for this node.</summary>
    internal async ValueTask CloseAsync()
    {
        _renewal?.Close();
        Line.CloseGate();
        if (_renewal is not null && Line.Epoch != 0)
        {
            await new Leaving(Line, _terms).RunAsync().ConfigureAwait(false);
        }
    }
}
