namespace Larder.Entries;

/// <summary>Remembers that the source said there is no such thing. It answers for every type.</summary>
internal sealed class NotFoundEntry(in EntryHead head) : Entry(in head)
{
    internal override Type ValueType => typeof(void);

    internal override EntryReading Read<T>(out T? value)
        where T : default
    {
        value = default;
        return EntryReading.NotFound;
    }
}
