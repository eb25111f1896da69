namespace Larder.Resp;

/// <summary>Who a connection logs in as. Its text form never shows the password.</summary>
/// <param name="User">The name of the ACL user; null for the user "default".</param>
/// <param name="Password">The password or token; null for none.</param>
public readonly record struct RespCredentials(string? User, string? Password)
{
    /// <summary>The user's name, and whether there is a password.</summary>
    public override string ToString() => $"{User ?? "default"} ({(Password is null ? "no password" : "password not shown")})";
}
