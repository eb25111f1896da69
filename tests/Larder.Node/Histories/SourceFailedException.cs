namespace Larder.Node.Histories;

/// <summary>The source has failed, as the workload wanted.</summary>
internal sealed class SourceFailedException() : Exception("The source has failed.");
