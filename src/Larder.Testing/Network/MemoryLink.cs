using Larder.Ports;

namespace Larder.Testing;

/// <summary>
/// A link to a <see cref="MemoryAuthority"/> without a network in between: commands are carried out inside <see cref="Send"/>, and answered before it returns
/// unless another thread is delivering, which then delivers them too. Announcements to other links are delivered before the answer.
/// </summary>
/// <remarks>Thread-safe; who sends holds no lock that a listener, its own or another link's, would wait for. Made by <see cref="MemoryAuthority.Connect()"/>.</remarks>
public sealed class MemoryLink : IAuthorityLink, IThreadPoolWorkItem
{
    private readonly AuthorityStore _store;
    private readonly Outbox _outbox;
    private readonly bool _isOnPool;

    // Answers of a connection that broke before they were handed on: they fail once the listener knows of it. Owned by the one who delivers.
    private readonly List<Delivery> _overtaken = [];

    private TierHost? _host;
    private IAuthorityLinkListener? _listener;
    private MemorySession? _session;
    private long _epoch;
    private bool _isDisposed;

    internal MemoryLink(AuthorityStore store, bool announcesInOrder, bool isOnPool)
    {
        _store = store;
        _outbox = new Outbox(Deliver);
        _isOnPool = isOnPool;
        AnnouncesInOrder = announcesInOrder;
    }

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public CacheTier Kind => CacheTier.Remote;

    /// <inheritdoc/>
    public bool AnnouncesInOrder { get; }

    /// <summary>True while there is a connection.</summary>
    public bool IsConnected => Volatile.Read(ref _session) is not null;

    /// <summary>Connects, inside the call if the authority is up. The listener is told at once, on this thread.</summary>
    /// <param name="host">The clock, the logger, and the name of the cache.</param>
    /// <param name="listener">Whom to tell.</param>
    /// <exception cref="InvalidOperationException">The link was started before.</exception>
    public void Start(TierHost host, IAuthorityLinkListener listener)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(listener);
        lock (_store.Gate)
        {
            if (_listener is not null)
            {
                throw new InvalidOperationException("The link was started before; make one for each tier.");
            }

            _host = host;
            _listener = listener;
            Connect();
        }

        Flush();
    }

    /// <inheritdoc/>
    public void Send(long epoch, params ReadOnlySpan<AuthorityCommand> commands)
    {
        var isSent = false;
        Session[]? touched = null;
        lock (_store.Gate)
        {
            if (_session is { } session && session.Epoch == epoch)
            {
                foreach (ref readonly var command in commands)
                {
                    _store.Execute(session, command);
                }

                touched = _store.TakeTouched();
                isSent = true;
            }
        }

        if (isSent)
        {
            AuthorityStore.Flush(touched);
            Flush();
            return;
        }

        foreach (ref readonly var command in commands)
        {
            command.Fail(null);
        }
    }

    /// <inheritdoc/>
    public void Drop(long epoch)
    {
        lock (_store.Gate)
        {
            if (_session?.Epoch != epoch)
            {
                return;
            }

            Break();
        }

        Flush();
    }

    /// <summary>Breaks the connection, as a network does. The link connects anew at once if the authority is up.</summary>
    public void Cut()
    {
        lock (_store.Gate)
        {
            if (_session is null)
            {
                return;
            }

            Break();
        }

        Flush();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    void IThreadPoolWorkItem.Execute() => _outbox.Flush();

    internal void Close()
    {
        lock (_store.Gate)
        {
            _isDisposed = true;
            if (_session is { } session)
            {
                AuthorityStore.Close(session);
                Broken(session);
            }
        }

        Flush();
    }

    internal void Enqueue(in Delivery delivery) => _outbox.Enqueue(delivery);

    /// <summary>The connection is gone. Under the store's lock.</summary>
    internal void Broken(MemorySession session)
    {
        if (_session == session)
        {
            _session = null;
            _outbox.Enqueue(new Delivery(DeliveryKind.Disconnected, session.Epoch));
            if (!_isDisposed)
            {
                _store.WhenUp(Connect);
            }
        }
    }

    internal void Flush()
    {
        if (_isOnPool && _host is { } host)
        {
            host.Scheduler.Queue(this);
        }
        else
        {
            _outbox.Flush();
        }
    }

    private void Break()
    {
        var session = _session!;
        AuthorityStore.Close(session);
        _session = null;
        _outbox.Enqueue(new Delivery(DeliveryKind.Disconnected, session.Epoch));
        Connect();
    }

    private void Connect()
    {
        if (_isDisposed)
        {
            return;
        }

        if (!_store.IsUp)
        {
            _store.WhenUp(Connect);
            return;
        }

        _session = new MemorySession(this, _store.Space(_host!.CacheName), ++_epoch, AnnouncesInOrder);
        _outbox.Enqueue(new Delivery(DeliveryKind.Connected, _epoch));
        _store.Open(_session);
    }

    private void Deliver(Delivery delivery)
    {
        if (delivery.Caller is not null)
        {
            if (Volatile.Read(ref _session)?.Epoch != delivery.Epoch)
            {
                _overtaken.Add(delivery);
            }
            else
            {
                delivery.Tell();
            }

            return;
        }

        var isAboutConnection = delivery.Kind is DeliveryKind.Connected or DeliveryKind.Disconnected;
        if (isAboutConnection || Volatile.Read(ref _session)?.Epoch == delivery.Epoch)
        {
            delivery.Announce(_listener!);
        }

        if (delivery.Kind == DeliveryKind.Disconnected)
        {
            FailOvertaken();
        }
    }

    private void FailOvertaken()
    {
        foreach (var overtaken in _overtaken.ToArray())
        {
            overtaken.Fail(null);
        }

        _overtaken.Clear();
    }
}
