using System.Runtime.InteropServices;
using Larder.Resp.Pipelining;

namespace Larder.Resp;

/// <summary>What <see cref="RespClient.Gather"/> returns: while it is there, what its thread sends is held back.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly ref struct RespGathering
{
    private readonly Cork? _cork;

    internal RespGathering(Cork cork) => _cork = cork;

    /// <summary>Sends what was held back.</summary>
    public void Dispose() => _cork?.Dispose();
}
