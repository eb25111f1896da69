using System.Globalization;

namespace Larder.Resp.Commands;

/// <summary>Times as the server takes them: whole milliseconds, rounded up, so that what is short never becomes nothing.</summary>
internal static class Durations
{
    internal static long Milliseconds(TimeSpan time, string name) => time > TimeSpan.Zero
        ? (long)Math.Ceiling(time.TotalMilliseconds)
        : throw new ArgumentOutOfRangeException(name, string.Create(CultureInfo.InvariantCulture, $"{name} is {time}; a key lives for more than zero. Remove the key instead."));
}
