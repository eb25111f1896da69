using System.Runtime.InteropServices;

namespace Larder.Benchmarks.Harness;

/// <summary>
/// The processor time of the current thread. For work of one thread that never waits it is the elapsed time less the
/// time in which other processes had the processor, so that a busy machine shows longer runs, not slower code. Where
/// the operating system is not Linux it is the elapsed time itself. In nanoseconds.
/// </summary>
internal static class ThreadTime
{
    private const int ClockOfThread = 3; // CLOCK_THREAD_CPUTIME_ID
    private const int ClockOfProcess = 2; // CLOCK_PROCESS_CPUTIME_ID
    private const double NanosecondsPerSecond = 1e9;

    internal static double Now() => Read(ClockOfThread);

    /// <summary>The processor time of all threads of the process together, for work that is partly done in the background.</summary>
    internal static double NowOfProcess() => Read(ClockOfProcess);

    private static double Read(int clock) =>
        OperatingSystem.IsLinux() && Environment.Is64BitProcess && ReadClock(clock, out var time) == 0
            ? (time.Seconds * NanosecondsPerSecond) + time.Nanoseconds
            : WallTime.Now();

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ReadClock(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Timespec
    {
        internal readonly long Seconds;
        internal readonly long Nanoseconds;
    }
}
