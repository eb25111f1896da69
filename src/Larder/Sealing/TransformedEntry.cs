using Larder.Entries;

namespace Larder.Sealing;

/// <summary>An entry that keeps what the application's transformer made of its value, and restores it for everybody who asks.</summary>
internal sealed class TransformedEntry<T>(in EntryHead head, T stored, IValueTransformer<T> transformer) : Entry(in head)
{
    internal override Type ValueType => typeof(T);

    internal override EntryReading Read<TAsked>(out TAsked? value)
        where TAsked : default => Fit(transformer.Restore(Key, stored), out value);
}
