using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Larder.Resp;

/// <summary>
/// How connections are encrypted and whom they trust. The defaults check the server's certificate against its host name and the
/// authorities of the operating system.
/// </summary>
public sealed record RespTlsOptions
{
    /// <summary>
    /// The host name that is sent to the server (SNI) and must stand in its certificate; null, the default: the host of the end
    /// point. Needed where a server is dialled by an address or through a tunnel.
    /// </summary>
    public string? TargetHost { get; init; }

    /// <summary>
    /// Own certificate authorities. Where there are any, only they are trusted, not those of the operating system.
    /// The client does not dispose of them.
    /// </summary>
    public IReadOnlyList<X509Certificate2> CertificateAuthorities { get; init; } = [];

    /// <summary>
    /// Certificates, with their private keys, by which the client shows who it is; empty, the default, for none.
    /// The client does not dispose of them.
    /// </summary>
    public IReadOnlyList<X509Certificate2> ClientCertificates { get; init; } = [];

    /// <summary>
    /// Whether revocation is asked for; the default is <see cref="X509RevocationMode.NoCheck"/>, because private authorities
    /// seldom publish lists, and a list that can not be fetched fails the connection.
    /// </summary>
    public X509RevocationMode RevocationMode { get; init; } = X509RevocationMode.NoCheck;

    /// <summary>The versions of TLS that are allowed; the default, <see cref="SslProtocols.None"/>, leaves the choice to the operating system.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.None;

    /// <summary>
    /// Has the last word on the server's certificate; null, the default: the platform's own check counts. Called during each
    /// handshake, on the thread that dials, possibly for several connections at once. Returning true where errors are
    /// reported gives up the protection of TLS.
    /// </summary>
    public RemoteCertificateValidationCallback? ValidationCallback { get; init; }
}
