namespace Larder.Entries;

/// <summary>A number that is only ever added to, in a cache without an authority. Reads of values pass it by; every other write replaces it.</summary>
internal sealed class CounterEntry(in EntryHead head, long number) : Entry(in head)
{
    internal long Number { get; } = number;

    internal override bool IsValue => false;

    internal override Type ValueType => typeof(long);

    internal override EntryReading Read<T>(out T? value)
        where T : default
    {
        value = default;
        return EntryReading.WrongType;
    }
}
