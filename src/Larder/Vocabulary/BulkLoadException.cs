using System.Collections.ObjectModel;

namespace Larder;

/// <summary>
/// Some keys of a GetOrCreateManyAsync could not be loaded, and there was nothing to fall back on. Thrown when every key of the call has come to its end, so that it carries all that was found.
/// </summary>
/// <example><code>
/// catch (BulkLoadException failed)
/// {
///     var found = failed.GetFound&lt;Product&gt;();
///     log.LogWarning(failed, "{Count} products are missing", failed.Failures.Count);
/// }
/// </code></example>
public sealed class BulkLoadException : LarderException
{
    private readonly object? _found;

    /// <summary>Makes an exception without a message of its own.</summary>
    public BulkLoadException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    public BulkLoadException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public BulkLoadException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal BulkLoadException(object found, int foundCount, IReadOnlyDictionary<string, Exception> failures)
        : base(
            $"{failures.Count} of {failures.Count + foundCount} keys could not be loaded. {nameof(Failures)} has the cause of each, {nameof(GetFound)} what was found.",
            failures.Values.First())
    {
        _found = found;
        Failures = failures;
    }

    /// <summary>The keys that failed, as they were given, each with what its load has thrown; the first of them is the inner exception. Keys that one call of the loader was to bring share one exception.</summary>
    public IReadOnlyDictionary<string, Exception> Failures { get; } = ReadOnlyDictionary<string, Exception>.Empty;

    /// <summary>The values of the other keys: what the call would have answered without the failures.</summary>
    /// <typeparam name="T">The type of the values, as in the call.</typeparam>
    /// <returns>The values by key; "not found" is left out.</returns>
    /// <exception cref="InvalidOperationException">The call was made for another type.</exception>
    public IReadOnlyDictionary<string, T> GetFound<T>() => _found switch
    {
        null => ReadOnlyDictionary<string, T>.Empty,
        IReadOnlyDictionary<string, T> found => found,
        _ => throw new InvalidOperationException(
            $"The call that failed was not made for {typeof(T)}: what it found is a {_found.GetType()}. Ask for the type of the call."),
    };
}
