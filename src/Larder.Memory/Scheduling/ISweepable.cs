namespace Larder.Memory.Scheduling;

/// <summary>Something that wants to be looked after now and then even when nobody uses it.</summary>
internal interface ISweepable
{
    /// <summary>Drops what has expired; false when there is nothing left to wait for, which ends the visits.</summary>
    bool Sweep();
}
