using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Larder.Resp.Options;

namespace Larder.Resp.Tests.Options;

public sealed class RespOptionsRulesTests
{
    private static readonly RespOptions Usable = new() { EndPoints = [new RespEndPoint("h")] };

    [Fact]
    public void Check_Defaults_AreUsable() => RespOptionsRules.Check(Usable);

    [Fact]
    public void EffectiveHardTimeout_NotSet_IsTwiceTheDeadline() =>
        Assert.Equal(TimeSpan.FromSeconds(6), (Usable with { CommandTimeout = TimeSpan.FromSeconds(3) }).EffectiveHardTimeout);

    [Fact]
    public void Check_ImpossibleSettings_AreEachNamed()
    {
        var exception = Assert.Throws<RespOptionsException>(() => RespOptionsRules.Check(Usable with
        {
            CommandTimeout = TimeSpan.Zero,
            MaximumPending = 5,
            BacklogPolicy = (RespBacklogPolicy)9,
            Limits = new RespLimits { MaximumDepth = 0 },
            TimeProvider = null!,
            Database = -1,
        }));

        string[] expected =
        [
            "RespOptions.CommandTimeout is 0; set it from 1ms to 24h.",
            "RespOptions.Database is -1; set it from 0 to 1000000.",
            "RespOptions.MaximumPending is 5; set it from 16 to 1048576.",
            "RespOptions.BacklogPolicy is 9; use one of FailFast, Queue.",
            "RespLimits.MaximumDepth is 0; set it from 1 to 128.",
            "RespOptions.TimeProvider is null; set it to TimeProvider.System or leave it out.",
        ];
        Assert.Equal(expected, exception.Problems);
    }

    [Fact]
    public void Problems_ProviderBesidePassword_IsAContradiction() => Expect(
        Usable with { Password = "p", CredentialsProvider = static _ => ValueTask.FromResult(default(RespCredentials)) },
        "CredentialsProvider is set beside User or Password");

    [Fact]
    public void Problems_SentinelTlsWithoutTls_IsAContradiction() => Expect(
        Usable with { Sentinel = new RespSentinelOptions { ServiceName = "m", UseTls = true } },
        "RespSentinelOptions.UseTls is true, but RespOptions.Tls is not set");

    [Fact]
    public void Problems_ClientCertificateWithoutKey_IsRefused()
    {
        using var key = ECDsa.Create();
        using var whole = new CertificateRequest("CN=app", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        using var bare = X509CertificateLoader.LoadCertificate(whole.Export(X509ContentType.Cert));

        Assert.Empty(RespOptionsRules.Problems(Usable with { Tls = new RespTlsOptions { ClientCertificates = [whole] } }));
        Expect(Usable with { Tls = new RespTlsOptions { ClientCertificates = [bare] } }, "without its private key");
    }

    [Fact]
    public void Problems_NoEndPoints_AreRefused()
    {
        Expect(Usable with { EndPoints = [] }, "RespOptions.EndPoints is empty");
        Expect(Usable with { EndPoints = null! }, "RespOptions.EndPoints is empty");
        Expect(Usable with { EndPoints = [null!] }, "RespOptions.EndPoints has a null in it");
    }

    [Fact]
    public void Problems_LongUnixPath_IsRefused() =>
        Expect(Usable with { EndPoints = [RespEndPoint.Unix("/" + new string('a', 107))] }, "longer than 107 bytes");

    private static void Expect(RespOptions options, string expected) =>
        Assert.Contains(expected, Assert.Single(RespOptionsRules.Problems(options)), StringComparison.Ordinal);
}
