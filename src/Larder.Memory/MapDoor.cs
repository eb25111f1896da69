using Larder.Memory.Table;

namespace Larder.Memory;

/// <summary>Checks the options of a map before anything is made of them.</summary>
internal static class MapDoor
{
    internal static void Check<TKey, TValue>(BoundedMapOptions<TKey, TValue> options)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.TimeProvider is null || options.Scheduler is null)
        {
            throw new ArgumentException(
                "BoundedMapOptions.TimeProvider or Scheduler is null; leave them out for the system's clock and the thread pool.",
                nameof(options));
        }

        if (options.Capacity is < 1 or > Node<TKey, TValue>.MaxWeight)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options),
                options.Capacity,
                $"BoundedMapOptions.Capacity is {options.Capacity}; set it from 1 to {Node<TKey, TValue>.MaxWeight}.");
        }

        if (options.ConcurrencyLevel < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options),
                options.ConcurrencyLevel,
                $"BoundedMapOptions.ConcurrencyLevel is {options.ConcurrencyLevel}; set it to 1 or more.");
        }
    }
}
