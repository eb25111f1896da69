namespace Larder.Flows;

/// <summary>The values alone; a key that has none is left out. The dictionary itself is what the caller gets.</summary>
internal sealed class BulkValues<T>(int capacity) : Dictionary<string, T>(capacity), IBulkAnswers<T>
{
    public bool TryReserve(string key) => TryAdd(key, default!);

    public void Put(string key, in CacheResult<T> result)
    {
        if (result.HasValue)
        {
            this[key] = result.Value!;
        }
        else
        {
            Remove(key);
        }
    }
}
