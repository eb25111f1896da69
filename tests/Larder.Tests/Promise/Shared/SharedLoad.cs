namespace Larder.Tests.Promise.Shared;

/// <summary>A call with a source that the test answers.</summary>
internal sealed class SharedLoad(SharedWorld world, SharedNode node)
{
    private readonly TaskCompletionSource<string> _source = new();
    private Task<string> _call = null!;

    /// <summary>True once its own source was asked; false as long as the call waits for another load.</summary>
    internal bool IsAsked => Context is not null;

    internal bool HasEnded => _call.IsCompleted;

    /// <summary>What the call is answered, at last.</summary>
    internal string Result => world.Done(_call);

    internal EntryContext? Context { get; private set; }

    internal Func<object?, EntryContext, CancellationToken, ValueTask<string>> Factory => (_, context, _) =>
    {
        Context = context;
        return new ValueTask<string>(_source.Task);
    };

    internal void Begin(Func<ICache, ValueTask<string>> call)
    {
        _call = node.Start(call);
        world.Idle();
    }

    internal void Answer(string value)
    {
        node.Process.Do(() => _source.TrySetResult(value));
        world.Idle();
    }

    internal void Fail()
    {
        node.Process.Do(() => _source.TrySetException(new IOException("down")));
        world.Idle();
    }
}
