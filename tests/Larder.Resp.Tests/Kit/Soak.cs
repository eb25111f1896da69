using System.Globalization;

namespace Larder.Resp.Tests.Kit;

/// <summary>How often a random test repeats: a normal number, or the one of an environment variable for long runs.</summary>
internal static class Soak
{
    internal static int Count(string variable, int normally) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : normally;
}
