using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Larder.Resp.Connecting;

/// <summary>Begins TLS on a connected stream.</summary>
internal static class Encryption
{
    internal static async Task<Stream> BeginAsync(Stream plain, RespEndPoint endPoint, RespTlsOptions options, CancellationToken cancellationToken)
    {
        var errors = SslPolicyErrors.None;
        var own = options.ValidationCallback;
        var settings = Settings(endPoint, options);
        settings.RemoteCertificateValidationCallback = (sender, certificate, chain, found) =>
        {
            errors = found;
            return own?.Invoke(sender, certificate, chain, found) ?? found == SslPolicyErrors.None;
        };

        var encrypted = new SslStream(plain, leaveInnerStreamOpen: false);
        try
        {
            await encrypted.AuthenticateAsClientAsync(settings, cancellationToken).ConfigureAwait(false);
            return encrypted;
        }
        catch (AuthenticationException failure)
        {
            await encrypted.DisposeAsync().ConfigureAwait(false);
            throw errors == SslPolicyErrors.None
                ? new RespAuthenticationException($"The TLS handshake with {endPoint} failed: the two sides did not agree. Does the port speak TLS, and does the server ask for a client certificate?", failure)
                : new RespAuthenticationException($"The certificate of {endPoint} is not accepted ({errors}): {Remedy(errors, settings.TargetHost!)}", failure);
        }
        catch (IOException failure)
        {
            await encrypted.DisposeAsync().ConfigureAwait(false);
            throw new RespConnectionException($"The TLS handshake with {endPoint} was broken off. Does the port speak TLS (ssl=true), and does the server ask for a client certificate?", failure);
        }
        catch
        {
            await encrypted.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static SslClientAuthenticationOptions Settings(RespEndPoint endPoint, RespTlsOptions options)
    {
        var settings = new SslClientAuthenticationOptions
        {
            TargetHost = options.TargetHost ?? endPoint.Host,
            EnabledSslProtocols = options.Protocols,
            CertificateRevocationCheckMode = options.RevocationMode,
        };
        if (options.CertificateAuthorities.Count > 0)
        {
            settings.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = options.RevocationMode,
            };
            settings.CertificateChainPolicy.CustomTrustStore.AddRange(options.CertificateAuthorities.ToArray());
        }

        if (options.ClientCertificates.Count > 0)
        {
            settings.ClientCertificates = [.. options.ClientCertificates];
            settings.LocalCertificateSelectionCallback = static (_, _, certificates, _, _) => certificates[0];
        }

        return settings;
    }

    private static string Remedy(SslPolicyErrors errors, string host)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"it is not made out to {host}; set sslHost to the name that it bears.";
        }

        return errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)
            ? "the server showed none."
            : "its authority is not trusted; name the authority, or mend the certificate.";
    }
}
