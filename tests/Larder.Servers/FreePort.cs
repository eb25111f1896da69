using System.Net;
using System.Net.Sockets;

namespace Larder.Servers;

/// <summary>Ports on loopback that nobody listened on a moment ago; whoever takes one must be ready to lose the race for it.</summary>
public static class FreePort
{
    /// <summary>Asks the operating system for a free port.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
