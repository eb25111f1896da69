using Larder.Ports;

namespace Larder.Testing;

/// <summary>The listener of a tier that has nothing to tell.</summary>
internal sealed class DeafListener : ITierListener
{
    public void KeyChanged(string key) => throw Surprise(nameof(KeyChanged));

    public void FenceMoved(FenceName name) => throw Surprise(nameof(FenceMoved));

    public void Missed() => throw Surprise(nameof(Missed));

    private static TierContractException Surprise(string call) => new($"A tier of copies has nothing to tell its listener: expected no call, seen {call}.");
}
