namespace Larder.Simulation.Tests;

/// <summary>What a source throws that fails.</summary>
public sealed class SourceBrokenException() : Exception("the source failed");
