namespace Larder.Servers;

/// <summary>How a real server is started.</summary>
public sealed record ServerSettings
{
    /// <summary>What the server is called in its folder's name and in messages.</summary>
    public string Name { get; init; } = "standalone";

    /// <summary>The password of the user "default"; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>ACL users as the server writes them, such as "app on >secret ~app:* +@all".</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>Certificates for TLS; null for a plain port. With TLS there is no plain port.</summary>
    public TestCertificates? Certificates { get; init; }

    /// <summary>Whether clients must show a certificate.</summary>
    public bool DemandsClientCertificate { get; init; }

    /// <summary>Whether the server listens on a unix socket too.</summary>
    public bool HasUnixSocket { get; init; }

    /// <summary>Whether the server keeps an append-only file, so that a restart keeps its data.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>In a cluster: the parts of the primaries begin at slots that are multiples of this.</summary>
    public int SlotsOfPiece { get; init; } = 1;

    /// <summary>With Sentinels: after how long without an answer they take a server for dead. When it is short, a busy machine makes them replace servers that live.</summary>
    public TimeSpan DownAfter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Further arguments, such as "--maxmemory", "10mb".</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}
