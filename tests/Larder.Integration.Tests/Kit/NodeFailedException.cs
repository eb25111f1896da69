namespace Larder.Integration.Tests.Kit;

/// <summary>A call on a node has failed there.</summary>
internal sealed class NodeFailedException(string message) : Exception(message);
