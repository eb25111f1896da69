namespace Larder.Tests.Support;

/// <summary>One call of a <see cref="GatedLoader{T}"/>, waiting for its answer.</summary>
internal sealed class LoaderCall<T>(IReadOnlyList<string> keys, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<IReadOnlyDictionary<string, T>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal IReadOnlyList<string> Keys => keys;

    internal CancellationToken Token => cancellationToken;

    internal Task<IReadOnlyDictionary<string, T>> Answered => _answer.Task;

    internal void Answer(params (string Key, T Value)[] found) => _answer.TrySetResult(found.ToDictionary(one => one.Key, one => one.Value));

    /// <summary>Answers every key with the same value.</summary>
    internal void AnswerAll(T value) => Answer([.. keys.Select(key => (key, value))]);

    internal void Fail(Exception exception) => _answer.TrySetException(exception);
}
