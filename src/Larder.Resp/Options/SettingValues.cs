using System.Globalization;

namespace Larder.Resp.Options;

/// <summary>Reads the values of settings and makes the settings that hold them.</summary>
internal static class SettingValues
{
    internal const string BooleanRemedy = "write true or false";

    // Far beyond every limit, and small enough that no unit takes it out of range.
    private const decimal LargestNumber = 1_000_000_000_000m;

    internal static bool TryReadBoolean(string value, out bool result)
    {
        var isTrue = IsOneOf(value, "true", "yes", "on", "1");
        result = isTrue;
        return isTrue || IsOneOf(value, "false", "no", "off", "0");
    }

    /// <summary>Reads a number with one of the units ms, s, m and h, or in the unit that the setting has by itself.</summary>
    internal static bool TryReadDuration(string value, TimeSpan unit, out TimeSpan result)
    {
        var number = value.AsSpan();
        foreach (var (suffix, suffixUnit) in Units)
        {
            if (number.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                number = number[..^suffix.Length].TrimEnd();
                unit = suffixUnit;
                break;
            }
        }

        result = TimeSpan.Zero;
        const NumberStyles Styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
        if (!decimal.TryParse(number, Styles, CultureInfo.InvariantCulture, out var count) || Math.Abs(count) > LargestNumber)
        {
            return false;
        }

        var ticks = count * unit.Ticks;
        if (Math.Abs(ticks) > TimeSpan.MaxValue.Ticks)
        {
            return false;
        }

        result = new TimeSpan((long)ticks);
        return true;
    }

    internal static Setting Text(string name, Action<SettingDraft, string> assign, bool isSecret = false) => new(
        name,
        (draft, value) =>
        {
            if (value.Length > 0)
            {
                assign(draft, value);
            }

            return null;
        },
        isSecret);

    internal static Setting Boolean(string name, Action<SettingDraft, bool> assign) => new(
        name,
        (draft, value) =>
        {
            if (!TryReadBoolean(value, out var result))
            {
                return BooleanRemedy;
            }

            assign(draft, result);
            return null;
        });

    internal static Setting Milliseconds(string name, DurationLimit limit, Action<SettingDraft, TimeSpan> assign) =>
        Duration(name, TimeSpan.FromMilliseconds(1), "milliseconds", limit, assign);

    internal static Setting Seconds(string name, DurationLimit limit, Action<SettingDraft, TimeSpan> assign) =>
        Duration(name, TimeSpan.FromSeconds(1), "seconds", limit, assign);

    internal static Setting Count(string name, CountLimit limit, Action<SettingDraft, int> assign) => new(
        name,
        (draft, value) =>
        {
            if (!int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) || !limit.Allows(count))
            {
                return limit.Remedy;
            }

            assign(draft, count);
            return null;
        });

    internal static Setting Choice<T>(string name, Action<SettingDraft, T> assign)
        where T : struct, Enum => new(
        name,
        (draft, value) =>
        {
            // Enum.TryParse takes numbers and lists too, so the names are compared.
            var names = Enum.GetNames<T>();
            var index = Array.FindIndex(names, candidate => string.Equals(candidate, value, StringComparison.OrdinalIgnoreCase));
            if (index < 0)
            {
                return $"write one of {string.Join(", ", names.Select(Camel))}";
            }

            assign(draft, Enum.Parse<T>(names[index]));
            return null;
        });

    /// <summary>The name of an enum's member as it is written in a connection string.</summary>
    internal static string Camel(string name) => $"{char.ToLowerInvariant(name[0])}{name[1..]}";

    internal static bool IsOneOf(string value, params ReadOnlySpan<string> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (string.Equals(value, candidate, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // ms before s, which it ends in.
    private static (string Suffix, TimeSpan Unit)[] Units { get; } =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
    ];

    private static Setting Duration(
        string name, TimeSpan unit, string unitName, DurationLimit limit, Action<SettingDraft, TimeSpan> assign) => new(
        name,
        (draft, value) =>
        {
            if (!TryReadDuration(value, unit, out var duration))
            {
                return $"write {unitName}, or a number with one of the units ms, s, m and h";
            }

            if (!limit.Allows(duration))
            {
                return $"{limit.Remedy} ({unitName} where no unit is written)";
            }

            assign(draft, duration);
            return null;
        });
}
