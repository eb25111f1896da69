using System.Runtime.InteropServices;

namespace Larder.Resp;

/// <summary>Something that a subscription tells.</summary>
/// <param name="Kind">What it is. Only messages have a payload.</param>
/// <param name="Channel">The channel that it was published on.</param>
/// <param name="Payload">What was published.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RespMessage(RespMessageKind Kind, string Channel, ReadOnlyMemory<byte> Payload)
{
    /// <summary>What it is, without showing what is in it.</summary>
    public override string ToString() => $"{Kind}";
}
