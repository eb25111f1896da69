using System.Globalization;
using Larder.Resp;

namespace Larder.Redis.Layout;

/// <summary>For each slot of a cluster the shortest number that, as a hash tag, lies in it. Numbers are the same for ever, because names are made of them.</summary>
internal static class SlotTags
{
    private static readonly Lazy<string[]> Tags = new(Make);

    internal static string Of(int slot) => Tags.Value[slot];

    // The smallest number for each slot: about 170,000 checksums, once.
    private static string[] Make()
    {
        var tags = new string[RespSlots.Count];
        var left = tags.Length;
        Span<byte> digits = stackalloc byte[20];
        for (var number = 0; left > 0; number++)
        {
            number.TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);
            ref var tag = ref tags[RespSlots.Of(digits[..length])];
            if (tag is null)
            {
                tag = number.ToString(CultureInfo.InvariantCulture);
                left--;
            }
        }

        return tags;
    }
}
