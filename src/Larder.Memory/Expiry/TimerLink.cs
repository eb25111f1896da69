using System.Runtime.InteropServices;

namespace Larder.Memory.Expiry;

/// <summary>An entry's place in a bucket of the wheel. The first of a bucket has the complement of the bucket as its predecessor.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimerLink
{
    internal int Previous;
    internal int Next;
}
