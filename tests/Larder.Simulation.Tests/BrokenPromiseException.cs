namespace Larder.Simulation.Tests;

/// <summary>A history that the promise does not allow.</summary>
public sealed class BrokenPromiseException(string message) : Exception(message);
