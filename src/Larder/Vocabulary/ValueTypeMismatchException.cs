namespace Larder;

/// <summary>
/// A key was asked for with one type, but memory (or a running load of that key) holds a value of another. Use one
/// type for a key, or a key of its own for each type.
/// </summary>
public sealed class ValueTypeMismatchException : LarderException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public ValueTypeMismatchException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    public ValueTypeMismatchException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What happened and what to do about it.</param>
    /// <param name="innerException">The cause.</param>
    public ValueTypeMismatchException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal ValueTypeMismatchException(string message, Type stored, Type requested)
        : base(message)
    {
        StoredType = stored;
        RequestedType = requested;
    }

    /// <summary>The type that the cache holds; null when the exception was made by hand.</summary>
    public Type? StoredType { get; }

    /// <summary>The type that the caller asked for; null when the exception was made by hand.</summary>
    public Type? RequestedType { get; }
}
