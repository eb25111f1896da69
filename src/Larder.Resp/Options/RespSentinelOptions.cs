namespace Larder.Resp;

/// <summary>How the Sentinels are asked. The end points of <see cref="RespOptions.EndPoints"/> are theirs. Its text form shows no password.</summary>
public sealed record RespSentinelOptions
{
    /// <summary>The name under which the Sentinels watch the primary, such as "mymaster". Required.</summary>
    public required string ServiceName { get; init; }

    /// <summary>The ACL user at the Sentinels; null for "default". The servers' own user is <see cref="RespOptions.User"/>.</summary>
    public string? User { get; init; }

    /// <summary>The password at the Sentinels; null for none. The servers' own password is never sent to a Sentinel.</summary>
    public string? Password { get; init; }

    /// <summary>Whether the Sentinels are spoken to over TLS; null, the default: as the servers are (<see cref="RespOptions.Tls"/>).</summary>
    public bool? UseTls { get; init; }

    /// <summary>
    /// Whether Sentinels that are not listed, of which the listed ones tell, are asked and listened to as well. The default is true. Set it to false where the addresses that
    /// they announce cannot be reached from here.
    /// </summary>
    public bool FindOthers { get; init; } = true;

    /// <summary>The service's name, without secrets.</summary>
    public override string ToString() => $"serviceName={ServiceName}";
}
