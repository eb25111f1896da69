namespace Larder.HitRatio;

/// <summary>A trace or a command line that cannot be used; the message is written for the person who gave it.</summary>
internal sealed class TraceException(string message) : Exception(message);
