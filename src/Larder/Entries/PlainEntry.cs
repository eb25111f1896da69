namespace Larder.Entries;

/// <summary>An entry that hands out the instance it was given. Generic, so that numbers and structs are not boxed.</summary>
internal sealed class PlainEntry<T>(in EntryHead head, T value) : Entry(in head)
{
    internal T Value { get; } = value;

    internal override Type ValueType => Value?.GetType() ?? typeof(T);

    internal override EntryReading Read<TAsked>(out TAsked? value)
        where TAsked : default => Fit(Value, out value);
}
