namespace Larder.Tests.Sealing;

/// <summary>Keeps only the first letter of the place. Its full name is part of a stored sample, so it can not be renamed.</summary>
internal sealed class ParcelTransformer : IValueTransformer<Parcel>
{
    public Parcel Transform(string key, Parcel value) => value is null ? null! : value with { Place = value.Place[..1] };

    public Parcel Restore(string key, Parcel stored) => stored is null ? null! : stored with { Place = $"{stored.Place}… of {key}" };
}
