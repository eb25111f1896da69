using Larder.Ports;

namespace Larder.Coherence;

/// <summary>The rules of one <see cref="LinkedAuthority"/>, put together once its host is known.</summary>
internal sealed class Workings
{
    private readonly RegistryTerms _terms;
    private readonly Renewal? _renewal;
    private readonly Synchronization? _synchronization;
    private readonly MemberView? _view;
    private readonly Deference _deference;
    private readonly Tails _tails;

    internal Workings(IAuthorityLink link, TierHost host, LinkedAuthorityOptions options, RegistryPart part, TaskCompletionSource firstContact)
    {
        var isGuarded = options.Level != CoherenceLevel.Eventual;
        Line = new Line(link, host, part.Gate, isGuarded) { Strays = part.Strays };
        var isStrict = options.Level == CoherenceLevel.Strict;
        Line.Debts = new Debts(Line);
        _terms = new RegistryTerms((isStrict ? RegistryNode.StrictMark : 'n') + Line.NewToken().ToString(), Durations.Milliseconds(options.LeaseTime), isStrict, part.Ranges);
        var succession = new Succession(Line, _terms, () => _renewal?.Rung());
        _renewal = isGuarded ? new Renewal(Line, _terms, succession, part.News.Agreement) : null;
        _tails = new Tails(Line, _terms);
        Line.Tails = part.Strays is null ? _tails : null;
        _view = isStrict ? new MemberView(_renewal!, succession, _terms) : null;
        _synchronization = isStrict ? new Synchronization(Line, _view!) : null;
        _deference = new Deference(Line, _terms, _tails, part.News);
        var waits = new KeyWaits(host.Scheduler);
        Claims = new Claims(Line, waits);
        Commands = new KeyCommands(Line, Durations.Milliseconds(options.WriteLeaseTime));
        Counting = new Counting(Line, part.First ?? Line);
        Pushes = new Pushes(Line, waits, _renewal, isStrict ? null : _deference, part.News, firstContact);
        Line.Refused = part.News.Refused;
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

    /// <summary>True when the registry was seen, and this node may take part in it.</summary>
    internal bool HasAgreed => _renewal is { HasAgreed: true };

    /// <summary>Waits for the nodes that have to follow what was changed here before.</summary>
    internal ValueTask<bool> SynchronizeAsync(CancellationToken cancellationToken) =>
        _view is null ? _deference.RunAsync(cancellationToken)
        : _view.CanOutwait ? FollowedAsync(cancellationToken)
        : _deference.RunForeignAsync(cancellationToken);

    private async ValueTask<bool> FollowedAsync(CancellationToken cancellationToken) =>
        await _tails.CoverAsync(cancellationToken).ConfigureAwait(false) is { } raised
        && await _synchronization!.RunAsync(raised, cancellationToken).ConfigureAwait(false);

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
