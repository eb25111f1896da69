using System.Globalization;

namespace Larder.Signals;

/// <summary>How many messages of one cause were kept back since the last one that was told. As text it is the end of a message, and nothing when there are none.</summary>
internal readonly record struct LeftOut(long Count)
{
    public override string ToString() =>
        Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" And {Count:N0} more since the last such message.");
}
