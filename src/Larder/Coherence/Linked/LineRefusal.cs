using System.Globalization;

namespace Larder.Coherence;

/// <summary>The last command that a store had no room for, and when that was.</summary>
internal sealed record LineRefusal(DateTimeOffset At, Exception Failure)
{
    /// <summary>A sentence with a space before it; nothing for none.</summary>
    internal static string Describe(LineRefusal? refusal) => refusal is null
        ? ""
        : $" Its last refusal, at {refusal.At.ToString("u", CultureInfo.InvariantCulture)}: {refusal.Failure.Message}";
}
