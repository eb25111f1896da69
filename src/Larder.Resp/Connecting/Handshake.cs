using Larder.Resp.Pipelining;
using Larder.Resp.Reading;
using Larder.Resp.Scheduling;

namespace Larder.Resp.Connecting;

/// <summary>
/// What is said first on a connection, in one piece: HELLO 3 with log-in and name, SELECT, CLIENT TRACKING, and what
/// the library is called. Older servers do not know the last one, so its error counts for nothing.
/// </summary>
internal sealed class Handshake(NodeContext context)
{
    private const string Library = "Larder.Resp";
    private readonly RespOptions _options = context.Options;
    private readonly Scheduler _scheduler = context.Scheduler;

    internal async Task PerformAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        var credentials = await FindCredentialsAsync(connection, cancellationToken).ConfigureAwait(false);

        var hello = Send(connection, Hello(credentials), cancellationToken);
        var select = _options.Database > 0 ? Send(connection, new RespCommand("SELECT", _options.Database), cancellationToken) : null;
        var tracking = context.IsTracking ? Send(connection, new RespCommand("CLIENT TRACKING", "ON", "OPTIN"), cancellationToken) : null;
        var readOnly = context.IsReadOnly ? Send(connection, new RespCommand("READONLY"), cancellationToken) : null;
        if (_options.SendLibraryInfo)
        {
            Ignore(Send(connection, new RespCommand("CLIENT SETINFO", "LIB-NAME", Library), cancellationToken));
            Ignore(Send(connection, new RespCommand("CLIENT SETINFO", "LIB-VER", Version), cancellationToken));
        }

        // The first failure is the one that is told; those behind it are observed.
        Ignore(select);
        Ignore(tracking);
        Ignore(readOnly);

        await CheckAsync(hello, "HELLO", credentials, connection).ConfigureAwait(false);
        await CheckAsync(select, $"SELECT {_options.Database}", credentials, connection).ConfigureAwait(false);
        await CheckAsync(tracking, "CLIENT TRACKING", credentials, connection).ConfigureAwait(false);
        await CheckAsync(readOnly, "READONLY", credentials, connection).ConfigureAwait(false);
        Learn(await hello.ConfigureAwait(false), connection);
    }

    // A provider that does not look at its token must not hold up the dial.
    private async Task<RespCredentials> FindCredentialsAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        if (_options.CredentialsProvider is not { } provider)
        {
            return new RespCredentials(_options.User, _options.Password);
        }

        try
        {
            return await provider(cancellationToken).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RespConnectionException($"The CredentialsProvider gave no credentials for {connection.EndPoint}; see the inner exception.", failure);
        }
    }

    // HELLO says what INFO and ROLE would say: whether this is a member of a cluster, a Sentinel, a primary or a replica.
    private static void Learn(RespValue hello, RespConnection connection)
    {
        for (var i = 0; i + 1 < hello.Items.Count; i += 2)
        {
            switch (hello.Items[i].AsString())
            {
                case "mode":
                    connection.Mode = hello.Items[i + 1].AsString() ?? "";
                    break;
                case "role":
                    connection.Role = hello.Items[i + 1].AsString() ?? "";
                    break;
            }
        }
    }

    private static string Version => typeof(Handshake).Assembly.GetName().Version?.ToString(3) ?? "0";

    private RespCommand Hello(RespCredentials credentials)
    {
        var arguments = new List<RespArgument> { 3 };
        if (credentials.Password is not null || credentials.User is not null)
        {
            arguments.Add("AUTH");
            arguments.Add(credentials.User ?? "default");
            arguments.Add(credentials.Password ?? "");
        }

        if (_options.ClientName is not null)
        {
            arguments.Add("SETNAME");
            arguments.Add(_options.ClientName);
        }

        return new RespCommand("HELLO", [.. arguments]) { Flags = RespFlags.NeverResend };
    }

    private Task<RespValue> Send(RespConnection connection, RespCommand command, CancellationToken cancellationToken)
    {
        var pending = Pending<RespValue>.Rent(Replies.Value);
        pending.Scheduler = _scheduler;
        pending.Add(command with { Flags = RespFlags.NeverResend }, isOnlyOne: true);
        var now = _scheduler.Clock.Now;
        pending.Begin(now, now + (long)_options.ConnectTimeout.TotalMilliseconds);
        pending.Follow(cancellationToken);
        var task = pending.Task.AsTask();
        if (connection.TryAdd(pending) != Admission.Accepted)
        {
            if (pending.TryClaim())
            {
                pending.Failed(new RespConnectionException($"The connection to {connection.EndPoint} was closed during the handshake.", connection.Reason));
                pending.Publish();
            }

            pending.Release();
        }

        return task;
    }

    private async Task CheckAsync(Task<RespValue>? step, string name, RespCredentials credentials, RespConnection connection)
    {
        if (step is null)
        {
            return;
        }

        try
        {
            await step.ConfigureAwait(false);
        }
        catch (RespServerException error) when (ServerErrors.IsRefusal(error) || (name == "HELLO" && error.Code == "NOPERM"))
        {
            throw new RespAuthenticationException(Refusal(error, credentials, connection), error);
        }
        catch (RespServerException error)
        {
            throw new RespConnectionException($"{connection.EndPoint} refused {name} ({error.Message}).{Remedy(name, error)}", error);
        }
        catch (RespConnectionException error) when (error.InnerException is RespServerException reason)
        {
            throw new RespConnectionException($"{connection.EndPoint} refused the connection ({reason.Message}).", reason);
        }
        catch (RespConnectionException error) when (error.InnerException is RespProtocolException reason)
        {
            throw new RespConnectionException($"{connection.EndPoint} did not answer as a Redis server does. {reason.Message}", error);
        }
        catch (RespConnectionException error) when (name == "HELLO")
        {
            var question = _options.Tls is null ? "Does the port expect TLS (ssl=true), or has the server as many clients as it takes (maxclients)?" : "Does the server ask for a client certificate, and trust this one?";
            throw new RespConnectionException($"{connection.EndPoint} closed the connection instead of answering. {question}", error);
        }
    }

    private static string Remedy(string name, RespServerException error) => error switch
    {
        { Code: "NOPERM" } => " The user needs the right to it.",
        { Code: "NOPROTO" } => " A server of Redis 6 or later is needed.",
        _ when error.Message.Contains("unknown command", StringComparison.OrdinalIgnoreCase) => " A server of Redis 6 or later is needed.",
        _ when name.StartsWith("SELECT", StringComparison.Ordinal) => " Check Database (defaultDatabase).",
        _ => "",
    };

    private static string Refusal(RespServerException error, RespCredentials credentials, RespConnection connection) =>
        credentials.Password is null
            ? $"{connection.EndPoint} asks for a password, and none is set ({error.Code}); set password, and user where it is not \"default\"."
            : $"{connection.EndPoint} refused the password of user \"{credentials.User ?? "default"}\" ({error.Code}); check user and password.";

    // Its failure is observed, and by itself means nothing.
    private static void Ignore(Task<RespValue>? task) =>
        _ = (task ?? Task.CompletedTask).ContinueWith(
            static done => done.Exception,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously | TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default);
}
