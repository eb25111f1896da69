namespace Larder.Flights;

/// <summary>Which flight's factory the present code runs in, so that a factory which waits for itself is told instead.</summary>
internal static class FlightScope
{
    private static readonly AsyncLocal<Flight?> Innermost = new();

    internal static Flight? Current
    {
        get => Innermost.Value;
        set => Innermost.Value = value;
    }
}
