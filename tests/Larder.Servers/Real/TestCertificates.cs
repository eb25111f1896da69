using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Larder.Servers;

/// <summary>
/// A certificate authority with a certificate for a server (localhost, 127.0.0.1, ::1 and <see cref="ServerName"/>) and one for a client, made anew for each
/// instance. They are valid for a day around now.
/// </summary>
public sealed class TestCertificates : IDisposable
{
    /// <summary>A name of the server that does not resolve, to be used as the host for SNI.</summary>
    public const string ServerName = "cache.larder.test";

    internal const string AuthorityFile = "ca.crt";
    internal const string ServerFile = "server.crt";
    internal const string ServerKeyFile = "server.key";
    internal const string ClientFile = "client.crt";
    internal const string ClientKeyFile = "client.key";

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private readonly X509Certificate2 _authority;

    /// <summary>Makes the certificates.</summary>
    public TestCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Larder test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _authority = request.CreateSelfSigned(_now.AddDays(-1), _now.AddDays(1));
        Authority = X509CertificateLoader.LoadCertificate(_authority.Export(X509ContentType.Cert));
        Server = Issue("localhost", ServerAuthentication);
        Client = Issue("client", ClientAuthentication);
    }

    /// <summary>The authority, without its key.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>The server's certificate, with its key.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>The client's certificate, with its key.</summary>
    public X509Certificate2 Client { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _authority.Dispose();
        Authority.Dispose();
        Server.Dispose();
        Client.Dispose();
    }

    internal void Write(string folder)
    {
        File.WriteAllText(Path.Combine(folder, AuthorityFile), Authority.ExportCertificatePem());
        Write(folder, Server, ServerFile, ServerKeyFile);
        Write(folder, Client, ClientFile, ClientKeyFile);
    }

    private static void Write(string folder, X509Certificate2 certificate, string file, string keyFile)
    {
        File.WriteAllText(Path.Combine(folder, file), certificate.ExportCertificatePem());
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(Path.Combine(folder, keyFile), key.ExportPkcs8PrivateKeyPem());
    }

    private X509Certificate2 Issue(string name, string usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddDnsName(ServerName);
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        using var bare = request.Create(_authority, _now.AddDays(-1).AddMinutes(1), _now.AddDays(1).AddMinutes(-1), RandomNumberGenerator.GetBytes(12));
        return bare.CopyWithPrivateKey(key);
    }
}
