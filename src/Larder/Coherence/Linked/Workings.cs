using Larder.Ports;

namespace Larder.Coherence;

/// <summary>The rules of one <see cref="LinkedAuthority"/>, put together once its host is known.</summary>
internal sealed class Workings
{
    private readonly RegistryTerms _terms;
    private readonly Renewal? _renewal;

    internal Workings(IAuthorityLink link, TierHost host, LinkedAuthorityOptions options, RegistryPart part, TaskCompletionSource firstContact)
    {
        var isGuarded = options.Level != CoherenceLevel.Eventual;
        Line = new Line(link, host, part.Gate, isGuarded) { Strays = part.Strays };
        _terms = new RegistryTerms(Line.NewToken().ToString(), Durations.Milliseconds(options.LeaseTime), options.Level == CoherenceLevel.Strict, part.Ranges);
        _renewal = isGuarded ? new Renewal(Line, _terms, part.News.LeaseTime) : null;
        Synchronization = options.Level == CoherenceLevel.Strict ? new Synchronization(Line, _renewal!, _terms) : null;
        var waits = new KeyWaits(host.Scheduler);
        Claims = new Claims(Line, waits);
        Commands = new KeyCommands(Line, Durations.Milliseconds(options.WriteLeaseTime));
        Counting = new Counting(Line, part.First ?? Line);
        Pushes = new Pushes(Line, waits, _renewal, part.News, firstContact);
        Line.Lost = failure =>
        {
            _renewal?.Lost();
            host.Listener.Missed();
            waits.WakeAll();
            part.News.Lost(failure);
        };
    }

    internal Line Line { get; }

    internal Claims Claims { get; }

    internal KeyCommands Commands { get; }

    internal Counting Counting { get; }

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
