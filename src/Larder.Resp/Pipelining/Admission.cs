namespace Larder.Resp.Pipelining;

/// <summary>What became of the wish to send a command.</summary>
internal enum Admission
{
    /// <summary>It has its place.</summary>
    Accepted,

    /// <summary>The connection is no longer there.</summary>
    Closed,

    /// <summary>Too many are waiting.</summary>
    Full,
}
