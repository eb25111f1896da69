namespace Larder.Tests.Model;

/// <summary>A factory that has read its source and not answered yet.</summary>
internal sealed class PendingLoad(Versioned value)
{
    private readonly TaskCompletionSource<Versioned> _answer = new();

    internal Versioned Value => value;

    internal Task<Versioned> Answered => _answer.Task;

    internal void Answer() => _answer.TrySetResult(value);

    internal void Fail() => _answer.TrySetException(new IOException($"{value.Key}: later"));
}
