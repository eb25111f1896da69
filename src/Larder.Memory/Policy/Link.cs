using System.Runtime.InteropServices;

namespace Larder.Memory.Policy;

/// <summary>An entry's place in its list. Numbers instead of references: the collector never looks here, and moving writes no barriers.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Link
{
    internal int Previous;
    internal int Next;
    internal int Hash;
    internal Region Region;
}
