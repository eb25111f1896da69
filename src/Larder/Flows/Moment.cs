using System.Runtime.InteropServices;

namespace Larder.Flows;

/// <summary>One moment on the cache's clock and on the wall's, which bodies are dated by. Taken once for all the keys of a call.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Moment(long Now, long UnixNow);
