using System.Text;

namespace Larder.Integration.Tests.Kit;

/// <summary>One direction through a <see cref="GatedProxy"/>. While it is shut nothing passes, in the order in which it came.</summary>
internal sealed class ProxyGate
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _held = new();
    private TaskCompletionSource? _opening;

    /// <summary>Holds back what comes from now on.</summary>
    internal void Shut()
    {
        lock (_lock)
        {
            _held.Clear();
            _opening ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Lets everything pass.</summary>
    internal void Open()
    {
        lock (_lock)
        {
            _opening?.TrySetResult();
            _opening = null;
        }
    }

    /// <summary>Waits until something with this text stands at the gate.</summary>
    internal Task HeldAsync(string text) => World.Until(() => Task.FromResult(Holds(text)), $"\"{text}\" to be held back");

    internal void Arrived(ReadOnlySpan<byte> piece)
    {
        lock (_lock)
        {
            if (_opening is not null)
            {
                _held.Append(Encoding.Latin1.GetString(piece));
            }
        }
    }

    internal async Task OpenedAsync(CancellationToken cancellationToken)
    {
        while (Opening() is { } opening)
        {
            await opening.WaitAsync(cancellationToken);
        }
    }

    private Task? Opening()
    {
        lock (_lock)
        {
            return _opening?.Task;
        }
    }

    private bool Holds(string text)
    {
        lock (_lock)
        {
            return _held.ToString().Contains(text, StringComparison.Ordinal);
        }
    }
}
