using System.Runtime.InteropServices;

namespace Larder.Resp;

/// <summary>Slots of a cluster that follow each other.</summary>
/// <param name="First">The first slot, from 0.</param>
/// <param name="Last">The last slot, up to 16,383; it belongs to the range.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RespSlotRange(int First, int Last);
