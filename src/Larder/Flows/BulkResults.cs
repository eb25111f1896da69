namespace Larder.Flows;

/// <summary>A result for each key, absent ones included. The dictionary itself is what the caller gets.</summary>
internal sealed class BulkResults<T>(int capacity) : Dictionary<string, CacheResult<T>>(capacity), IBulkAnswers<T>
{
    public bool TryReserve(string key) => TryAdd(key, default);

    public void Put(string key, in CacheResult<T> result) => this[key] = result;
}
