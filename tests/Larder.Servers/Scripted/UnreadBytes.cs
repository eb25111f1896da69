using System.Globalization;

namespace Larder.Servers;

/// <summary>
/// Tells from the kernel's tables whether everything that was written to a loopback connection has been read at the other end.
/// That makes the pieces of a reply arrive as pieces: the next is written when the one before is gone from the receiver's queue.
/// </summary>
internal static class UnreadBytes
{
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    internal static bool CanTell => OperatingSystem.IsLinux();

    /// <summary>Waits until nothing is on the way from one port to the other and nothing lies unread there.</summary>
    internal static async Task WaitUntilNone(int fromPort, int toPort)
    {
        var deadline = Environment.TickCount64 + (long)Patience.Limit.TotalMilliseconds;
        while (!IsRead(fromPort, toPort))
        {
            if (Environment.TickCount64 > deadline)
            {
                throw new FakeServerException($"Waited {Patience.Limit.TotalSeconds} s in vain for the client to read what was sent to it.");
            }

            await Task.Yield();
        }
    }

    private static bool IsRead(int fromPort, int toPort)
    {
        foreach (var table in Tables)
        {
            if (!File.Exists(table))
            {
                continue;
            }

            foreach (var line in File.ReadLines(table).Skip(1))
            {
                var columns = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
                var (local, remote) = (Port(columns[1]), Port(columns[2]));
                var queues = columns[4].Split(':');
                if ((local == fromPort && remote == toPort && Hex(queues[0]) > 0) || (local == toPort && remote == fromPort && Hex(queues[1]) > 0))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static int Port(string address) => Hex(address[(address.LastIndexOf(':') + 1)..]);

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
