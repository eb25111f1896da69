using System.Runtime.InteropServices;

namespace Larder.Redis.Cascache;

/// <summary>A member of a bulk that is to be written.</summary>
/// <param name="Key">The key in UTF-8, from 1 to 65,535 bytes.</param>
/// <param name="Generation">The generation that was observed before the value was read.</param>
/// <param name="Payload">The encoded value.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BulkPart(ReadOnlyMemory<byte> Key, ulong Generation, ReadOnlyMemory<byte> Payload);
