namespace Larder.Benchmarks.Harness;

/// <summary>Rows that are measured together.</summary>
internal abstract class Suite
{
    /// <summary>What the command line calls it.</summary>
    internal abstract string Name { get; }

    /// <summary>One line for the list of suites.</summary>
    internal abstract string Description { get; }

    /// <summary>Sets everything up, measures, and cleans up. Takes less than a minute.</summary>
    internal abstract SuiteResult Run();

    private protected static void Close(params ReadOnlySpan<IAsyncDisposable> caches)
    {
        foreach (var cache in caches)
        {
            cache.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Ends the run when the thing measured is not the thing promised: a wrong answer has no speed.</summary>
    private protected static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
