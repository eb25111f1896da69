namespace TwoNodes.Nodes;

/// <summary>A node did not do what it was asked.</summary>
internal sealed class NodeFailedException(string message) : Exception(message);
