using System.Runtime.InteropServices;

namespace Larder.Redis.Cascache;

/// <summary>A value that is to be stored.</summary>
/// <param name="Key">The key.</param>
/// <param name="Generation">The observed generation; null when it is not known.</param>
/// <param name="Frame">The single frame; empty when the value is too large.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Draft(string Key, ulong? Generation, ReadOnlyMemory<byte> Frame)
{
    /// <summary>What is known before Redis is asked; stored stands for "nothing speaks against it".</summary>
    internal CascacheOutcome Forecast => Generation is null ? CascacheOutcome.Unavailable : Frame.IsEmpty ? CascacheOutcome.TooLarge : CascacheOutcome.Stored;
}
