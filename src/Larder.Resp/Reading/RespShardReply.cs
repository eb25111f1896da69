using System.Runtime.InteropServices;

namespace Larder.Resp;

/// <summary>What one of several servers answered to a command that all were sent.</summary>
/// <param name="EndPoint">Where the server listens.</param>
/// <param name="Reply">Its reply; a null where there is none.</param>
/// <param name="Failure">Why there is none; null where there is one.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RespShardReply(string EndPoint, RespValue Reply, Exception? Failure);
