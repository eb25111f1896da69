using Larder.Entries;

namespace Larder.Sealing;

/// <summary>An entry that keeps its value encoded, and hands out a copy to everybody who asks. Null has no payload.</summary>
internal sealed class SealedEntry<T>(in EntryHead head, byte[]? payload, Seal<T> seal) : Entry(in head)
{
    internal override Type ValueType => typeof(T);

    internal override bool HandsOutCopies => true;

    internal override EntryReading Read<TAsked>(out TAsked? value)
        where TAsked : default => Fit(seal.Open(Key, payload), out value);
}
