using System.Runtime.InteropServices;

namespace Larder.Node.Histories;

/// <summary>Writes a history to a file, record by record, so that what was written survives the process. Safe for any number of threads.</summary>
internal sealed class HistoryWriter(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    private readonly Lock _writing = new();

    public void Dispose() => _file.Dispose();

    internal void Write(params ReadOnlySpan<HistoryRecord> records)
    {
        lock (_writing)
        {
            _file.Write(MemoryMarshal.AsBytes(records));
        }
    }
}
