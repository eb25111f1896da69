namespace Larder.Flows;

/// <summary>All that can be done with one cache, one flow each.</summary>
internal sealed class CacheFlows
{
    internal CacheFlows(CacheParts parts, long drainMilliseconds)
    {
        var serving = new Serving(parts);
        var settle = new SettleFlow(parts);
        Parts = parts;
        Load = new LoadFlow(parts, serving, settle);
        Read = new ReadFlow(parts, serving);
        Write = new WriteFlow(parts);
        Remove = new RemoveFlow(parts);
        Clear = new ClearFlow(parts);
        RemoveByTag = new RemoveByTagFlow(parts, Clear);
        Expire = new ExpireFlow(parts);
        Close = new CloseFlow(parts, settle, drainMilliseconds);
    }

    internal CacheParts Parts { get; }

    internal LoadFlow Load { get; }

    internal ReadFlow Read { get; }

    internal WriteFlow Write { get; }

    internal RemoveFlow Remove { get; }

    internal RemoveByTagFlow RemoveByTag { get; }

    internal ClearFlow Clear { get; }

    internal ExpireFlow Expire { get; }

    internal CloseFlow Close { get; }
}
