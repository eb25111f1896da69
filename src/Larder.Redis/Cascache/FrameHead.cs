namespace Larder.Redis.Cascache;

/// <summary>What both kinds of frames begin with: the magic "CASC", the version 1, the kind. All numbers of a frame are big-endian.</summary>
internal static class FrameHead
{
    internal const int Length = 6;
    internal const byte Single = 1;
    internal const byte Bulk = 2;
    private const byte Version = 1;
    private const int VersionAt = 4;
    private const int KindAt = 5;

    private static ReadOnlySpan<byte> Magic => "CASC"u8;

    internal static void Write(Span<byte> frame, byte kind)
    {
        Magic.CopyTo(frame);
        frame[VersionAt] = Version;
        frame[KindAt] = kind;
    }

    /// <summary>Checks what both kinds have in common, and that the header of this kind is there.</summary>
    internal static FrameFault Check(ReadOnlySpan<byte> frame, byte kind, int headerLength)
    {
        if (!frame.StartsWith(Magic[..Math.Min(Magic.Length, frame.Length)]))
        {
            return FrameFault.Magic;
        }

        if (frame.Length < headerLength)
        {
            return FrameFault.TooShort;
        }

        return frame[VersionAt] != Version ? FrameFault.Version : frame[KindAt] != kind ? FrameFault.Kind : FrameFault.None;
    }
}
