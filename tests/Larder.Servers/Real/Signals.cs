using System.Runtime.InteropServices;

namespace Larder.Servers;

/// <summary>Signals to one process by its id.</summary>
internal static class Signals
{
    private const int Kill = 9;

    internal static void SendKill(int processId) => _ = Send(processId, Kill);

    internal static void SendStop(int processId) => _ = Send(processId, OperatingSystem.IsMacOS() ? 17 : 19);

    internal static void SendContinue(int processId) => _ = Send(processId, OperatingSystem.IsMacOS() ? 19 : 18);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Send(int processId, int signal);
}
