namespace Larder.Ports;

/// <summary>Who is told what other nodes have removed. Called one at a time, in the order of each node; returns at once and does not throw.</summary>
public interface IRemovalListener
{
    /// <summary>Another node has removed something.</summary>
    /// <param name="removal">What; its IsLocal counts for nothing.</param>
    void Removed(Removal removal);

    /// <summary>Removals may have been missed: the connection was lost, a number was skipped, or listening has only just begun.</summary>
    void Missed();
}
