using System.Runtime.InteropServices;

namespace Larder.Redis.Cascache;

/// <summary>What a command answered, or that it failed.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Reply<T>(bool IsAnswered, T Value);
