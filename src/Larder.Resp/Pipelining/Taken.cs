namespace Larder.Resp.Pipelining;

/// <summary>What a reply has done to its command.</summary>
internal enum Taken
{
    /// <summary>More replies belong to it.</summary>
    NeedsMore,

    /// <summary>It has ended, and its caller is to be told.</summary>
    Ended,

    /// <summary>It has ended, and who was to be told knows it already.</summary>
    Told,

    /// <summary>Its caller had left before.</summary>
    Left,

    /// <summary>It goes on elsewhere, and has taken along the connection's hold on it.</summary>
    Rerouted,
}
