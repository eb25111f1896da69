namespace Larder.Flows;

/// <summary>What a call found in the place of its key's flight.</summary>
internal enum Meeting
{
    /// <summary>A flight that it has joined, or must wait for before it begins again.</summary>
    Joined,

    /// <summary>No flight: the call leads.</summary>
    Nobody,

    /// <summary>No flight, but memory is not as the call has seen it, and must be read again.</summary>
    Changed,
}
