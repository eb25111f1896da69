using System.Runtime.InteropServices;

namespace Larder.Memory.Policy;

/// <summary>The memory of an entry that was given up: its hash, and its number among those given up. 0: no ghost.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Ghost
{
    internal int Hash;
    internal uint Number;
}
