using System.Globalization;

namespace Larder.Resp.Options;

/// <summary>What a number may be; the one place that both the settings in text and those in code are checked against.</summary>
internal sealed record CountLimit(int Minimum, int Maximum)
{
    internal static CountLimit Database { get; } = new(0, 1_000_000);

    internal static CountLimit ConnectRetry { get; } = new(0, 1_000);

    internal static CountLimit Pending { get; } = new(16, 1 << 20);

    internal static CountLimit Backlog { get; } = new(1, 1 << 20);

    internal static CountLimit Bulk { get; } = new(1_024, 512 * 1024 * 1024);

    internal static CountLimit Line { get; } = new(64, 1024 * 1024);

    internal static CountLimit Depth { get; } = new(1, RespLimits.LargestDepth);

    internal static CountLimit Aggregate { get; } = new(16, 16 * 1024 * 1024);

    /// <summary>The limit in words, as the remedy of a message.</summary>
    internal string Remedy => string.Create(CultureInfo.InvariantCulture, $"set it from {Minimum} to {Maximum}");

    internal bool Allows(int value) => value >= Minimum && value <= Maximum;
}
