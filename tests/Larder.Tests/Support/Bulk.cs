using Larder.Entrance;

namespace Larder.Tests.Support;

/// <summary>Loaders of many keys as tests want them, and the invariant that holds after every load.</summary>
internal static class Bulk
{
    /// <summary>A loader that answers at once: each key with its own name after a text.</summary>
    internal static Func<IReadOnlyList<string>, CancellationToken, ValueTask<IReadOnlyDictionary<string, string>>> Says(string text) =>
        (keys, _) => new(keys.ToDictionary(key => key, key => text + key));

    /// <summary>A loader that answers at once with these, whatever it is asked for.</summary>
    internal static Func<IReadOnlyList<string>, CancellationToken, ValueTask<IReadOnlyDictionary<string, string>>> Has(params (string Key, string Value)[] found) =>
        (_, _) => new(found.ToDictionary(one => one.Key, one => one.Value));

    /// <summary>A loader that must not be asked.</summary>
    internal static Func<IReadOnlyList<string>, CancellationToken, ValueTask<IReadOnlyDictionary<string, string>>> Never { get; } =
        (_, _) => throw new InvalidOperationException("The loader must not be asked here.");

    /// <summary>Nothing is left in the table of flights once everything has ended.</summary>
    internal static Task IdleAsync(ICache cache) => Bounded.Until(() => ((Cache)cache).Flows.Parts.Flights.IsIdle);

    internal static string[] Sorted(this IReadOnlyDictionary<string, string> found) => [.. found.Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal)];
}
