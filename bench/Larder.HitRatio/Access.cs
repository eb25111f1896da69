using System.Runtime.InteropServices;

namespace Larder.HitRatio;

/// <summary>One request of a trace.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Access(ulong Key, long Size = 1);
