using Larder.Resp.Commands;

namespace Larder.Resp;

/// <summary>Everything that SET can be told. The default stores in any case and lets the key live for ever.</summary>
public sealed record RespSetOptions
{
    /// <summary>How long the key lives, more than zero, rounded up to a millisecond. Null, the default: for ever, unless <see cref="KeepTtl"/>.</summary>
    public TimeSpan? Expiry { get; init; }

    /// <summary>When the key ends. Null, the default: see <see cref="Expiry"/>, with which it is not combined.</summary>
    public DateTimeOffset? ExpireAt { get; init; }

    /// <summary>Whether the time that the key still has stays as it is; the default is false. Not combined with the other two.</summary>
    public bool KeepTtl { get; init; }

    /// <summary>When to store; the default is always.</summary>
    public RespSetWhen When { get; init; }

    internal int Write(Span<RespArgument> arguments)
    {
        var count = 0;
        if ((Expiry is null ? 0 : 1) + (ExpireAt is null ? 0 : 1) + (KeepTtl ? 1 : 0) > 1)
        {
            throw new ArgumentException("Of Expiry, ExpireAt and KeepTtl only one can be set.", nameof(arguments));
        }

        if (Expiry is { } expiry)
        {
            arguments[count++] = "PX";
            arguments[count++] = Durations.Milliseconds(expiry, nameof(Expiry));
        }
        else if (ExpireAt is { } end)
        {
            arguments[count++] = "PXAT";
            arguments[count++] = end.ToUnixTimeMilliseconds();
        }
        else if (KeepTtl)
        {
            arguments[count++] = "KEEPTTL";
        }

        if (When != RespSetWhen.Always)
        {
            arguments[count++] = When == RespSetWhen.Absent ? "NX" : "XX";
        }

        return count;
    }
}
