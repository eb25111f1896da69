namespace Larder.Tests.Support;

/// <summary>For tests that measure their own thread: nothing else runs beside them, no listener of another test included.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    internal const string Name = "Alone";
}
