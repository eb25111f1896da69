using System.Runtime.InteropServices;

namespace Larder.Resp.Scheduling;

/// <summary>How the thread pool stands at a moment.</summary>
/// <param name="Threads">Threads that exist.</param>
/// <param name="Busy">Threads at work.</param>
/// <param name="Queued">Work that waits for a thread.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PoolState(int Threads, int Busy, long Queued);
