namespace Larder.Testing.Tests.Support;

/// <summary>Writes down what a link tells.</summary>
internal sealed class Listening : IAuthorityLinkListener, ITierListener
{
    internal List<string> Events { get; } = [];

    internal long Epoch { get; private set; }

    internal Action<long>? WhenConnected { get; set; }

    public void Connected(long epoch)
    {
        Epoch = epoch;
        Events.Add($"connected {epoch}");
        WhenConnected?.Invoke(epoch);
    }

    public void Disconnected(long epoch) => Events.Add($"disconnected {epoch}");

    public void KeyChanged(string key) => Events.Add($"key {key}");

    public void FenceChanged(FenceName name) => Events.Add($"fence {name.Kind} {name.Tag}");

    public void EverythingChanged() => Events.Add("everything");

    void ITierListener.FenceMoved(FenceName name) => Events.Add($"moved {name.Kind}");

    void ITierListener.Missed() => Events.Add("missed");

    internal List<string> Take()
    {
        var taken = Events.ToList();
        Events.Clear();
        return taken;
    }
}
