using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Larder.Node.Histories;

/// <summary>Reads what a <see cref="HistoryWriter"/> has written. A record that was cut off by the end of its process is left out.</summary>
public static class HistoryReader
{
    /// <summary>All records of a file; none if there is no file.</summary>
    public static HistoryRecord[] Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        var bytes = File.ReadAllBytes(path);
        var whole = bytes.Length - (bytes.Length % Unsafe.SizeOf<HistoryRecord>());
        return MemoryMarshal.Cast<byte, HistoryRecord>(bytes.AsSpan(0, whole)).ToArray();
    }
}
