namespace Larder.Flows;

/// <summary>The answer to a call for many keys, while it is being put together. Its keys stay in the order in which they were first named.</summary>
internal interface IBulkAnswers<T>
{
    /// <summary>Keeps the place of a key whose answer comes later. False when the key has one already.</summary>
    bool TryReserve(string key);

    /// <summary>Answers a key.</summary>
    void Put(string key, in CacheResult<T> result);
}
