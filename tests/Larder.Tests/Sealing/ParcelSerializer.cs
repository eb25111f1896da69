using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Tests.Sealing;

/// <summary>An application's own codec. Its full name is part of a stored sample, so it can not be renamed.</summary>
internal sealed class ParcelSerializer : IHybridCacheSerializer<Parcel>
{
    public Parcel Deserialize(ReadOnlySequence<byte> source)
    {
        var parts = Encoding.UTF8.GetString(source).Split(';');
        return new Parcel(int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], []);
    }

    public void Serialize(Parcel value, IBufferWriter<byte> target) =>
        target.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{value.Number};{value.Place}")));
}
