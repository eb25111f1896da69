namespace QuickStart.Showing;

/// <summary>Puts numbers into words.</summary>
internal static class Figures
{
    internal static string Of(TimeSpan duration) => Of(duration.TotalNanoseconds);

    /// <summary>A duration in nanoseconds, in the unit that suits it.</summary>
    internal static string Of(double nanoseconds) => nanoseconds switch
    {
        < 1e3 => $"{Digits(nanoseconds)} ns",
        < 1e6 => $"{Digits(nanoseconds / 1e3)} µs",
        < 1e9 => $"{Digits(nanoseconds / 1e6)} ms",
        < 100e9 => $"{Digits(nanoseconds / 1e9)} s",
        _ => $"{Digits(nanoseconds / 60e9)} minutes",
    };

    /// <summary>How many times faster, such as "3,000 times faster". Two digits are all that such a number is good for.</summary>
    internal static string TimesFaster(double factor) => factor >= 1e6
        ? $"{factor / 1e6:0.0} million times faster"
        : $"{Rounded(factor):N0} times faster";

    internal static string Count(long count, string one, string many) => count == 1 ? $"1 {one}" : $"{count:N0} {many}";

    internal static string Megabytes(long bytes) => $"{bytes / 1e6:0} MB";

    private static string Digits(double value) => value >= 10 ? $"{value:N0}" : $"{value:0.0}";

    private static double Rounded(double value)
    {
        var unit = Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(Math.Max(1, value))) - 1));
        return Math.Round(value / unit) * unit;
    }
}
