namespace Larder.Tests.Model;

/// <summary>A caller of the model, with what it may be served.</summary>
internal sealed class ModelCall(int key, Floors floors, Task<CacheResult<Versioned>> task)
{
    internal int Key => key;

    internal Floors Floors => floors;

    internal Task<CacheResult<Versioned>> Task => task;

    internal CancellationTokenSource? Leaving { get; set; }

    internal bool IsChecked { get; set; }
}
