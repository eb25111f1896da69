using System.Runtime.InteropServices;

namespace Larder.Redis.Cascache;

/// <summary>A member of a bulk, as ranges of its frame.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BulkMember(Range Key, ulong Generation, Range Payload);
