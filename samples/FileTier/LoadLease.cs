using Larder;
using Larder.Ports;

namespace FileTier;

/// <summary>
/// The right to load one key. It lives in the memory of the only process that uses the folder, so there is nothing to renew, and it ends with
/// the process by itself.
/// </summary>
internal sealed class LoadLease(FileAuthority tier, string key, FenceToken older) : ITierLease
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal string Key => key;

    /// <summary>The token that the key carries while it is loaded: of the value that is to be replaced, or one of its own.</summary>
    internal FenceToken Token { get; } = older.IsNone ? FenceToken.Create() : older;

    /// <summary>The value that is to be replaced; none when there was no value.</summary>
    internal FenceToken Older => older;

    /// <summary>What those wait for who came second.</summary>
    internal Task Ended => _ended.Task;

    public ValueTask<StoreOutcome> FillAsync(TierWrite write, FenceToken token, CancellationToken cancellationToken) =>
        tier.FillAsync(this, write, token, cancellationToken);

    public ValueTask ReleaseAsync(bool dropsOlder, CancellationToken cancellationToken) => tier.ReleaseAsync(this, dropsOlder, cancellationToken);

    public ValueTask DisposeAsync() => ReleaseAsync(dropsOlder: false, CancellationToken.None);

    internal void End() => _ended.TrySetResult();
}
