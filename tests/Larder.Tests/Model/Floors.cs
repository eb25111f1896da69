namespace Larder.Tests.Model;

/// <summary>The oldest versions of a key that a call may be served, as they stood when the call began.</summary>
/// <param name="Any">Nothing older, however it is served: the key, its tag or the cache was removed, or the key was set.</param>
/// <param name="Late">Nothing older that carries the late tag.</param>
/// <param name="Fresh">Nothing older as a hit or a miss: the key was expired.</param>
internal readonly record struct Floors(long Any, long Late, long Fresh);
