namespace Larder.Memory.Maintenance;

/// <summary>
/// The weight of everything in the table, and the right to add to it. A node's weight is added before the node enters
/// the table and taken off after it has left, once each, so the sum is never less than what is there.
/// </summary>
/// <remarks>
/// Writers may pass the capacity by one percent together; past that a writer adds under the maintenance lock, one
/// entry at a time, and only after the sum has been seen within the capacity. So the bound is never passed by more
/// than one percent and one entry.
/// </remarks>
internal sealed class WeightBudget(long capacity)
{
    private const int SlackDivisor = 100;

    private readonly long _limit = capacity + (capacity / SlackDivisor);
    private long _weight;

    internal long Capacity => capacity;

    internal long Weight => Volatile.Read(ref _weight);

    internal long Excess => Weight - capacity;

    /// <summary>Adds the weight if that stays within the capacity and its one percent.</summary>
    internal bool TryReserve(long weight)
    {
        var before = Weight;
        while (before + weight <= _limit)
        {
            var seen = Interlocked.CompareExchange(ref _weight, before + weight, before);
            if (seen == before)
            {
                return true;
            }

            before = seen;
        }

        return false;
    }

    /// <summary>Adds the weight whatever the sum; only under the maintenance lock, after the sum was within the capacity.</summary>
    internal void Force(long weight) => Interlocked.Add(ref _weight, weight);

    internal void Release(long weight) => Interlocked.Add(ref _weight, -weight);
}
