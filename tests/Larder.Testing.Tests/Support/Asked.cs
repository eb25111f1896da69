using System.Buffers;

namespace Larder.Testing.Tests.Support;

/// <summary>A command that keeps its answers: of several keys the last one, and all of them as events.</summary>
internal sealed class Asked(List<string>? events = null) : IAuthorityCaller
{
    internal AuthorityVerb Verb { get; init; }

    internal string? Key { get; init; }

    internal string[] Keys { get; init; } = [];

    internal FenceName Fence { get; init; }

    internal FenceToken Token { get; init; }

    internal FenceToken Expected { get; init; }

    internal long Milliseconds { get; init; }

    internal long Number { get; init; }

    internal ReadOnlySequence<byte> Body { get; init; }

    internal AuthorityAnswer Answer { get; private set; }

    internal byte[] AnswerBody { get; private set; } = [];

    internal ReadOnlySequence<byte> KeptBody { get; private set; }

    internal int AnswerCount { get; private set; }

    internal int FailureCount { get; private set; }

    internal Exception? Failure { get; private set; }

    internal bool IsOver => AnswerCount + FailureCount > 0;

    public static implicit operator AuthorityCommand(Asked asked) => new(asked.Verb, asked)
    {
        Key = asked.Key,
        Keys = asked.Keys,
        Fence = asked.Fence,
        Token = asked.Token,
        Expected = asked.Expected,
        Milliseconds = asked.Milliseconds,
        Number = asked.Number,
        Body = asked.Body,
    };

    public void Answered(int index, in AuthorityAnswer answer)
    {
        AnswerCount++;
        Answer = answer;
        AnswerBody = answer.Body.ToArray();
        KeptBody = answer.Body;
        events?.Add($"answer {Verb} {KeyOf(index)}");
    }

    public void Failed(int index, Exception? failure)
    {
        FailureCount++;
        Failure = failure;
        events?.Add($"failure {Verb} {KeyOf(index)}");
    }

    private string? KeyOf(int index) => Keys.Length == 0 ? Key : Keys[index];
}
