using System.Buffers;

namespace Larder.Testing.Tests.Support;

/// <summary>A command that keeps its answer.</summary>
internal sealed class Asked(List<string>? events = null) : AuthorityCommand
{
    internal AuthorityAnswer Answer { get; private set; }

    internal byte[] AnswerBody { get; private set; } = [];

    internal ReadOnlySequence<byte> KeptBody { get; private set; }

    internal int AnswerCount { get; private set; }

    internal int FailureCount { get; private set; }

    internal Exception? Failure { get; private set; }

    internal bool IsOver => AnswerCount + FailureCount > 0;

    public override void Answered(in AuthorityAnswer answer)
    {
        AnswerCount++;
        Answer = answer;
        AnswerBody = answer.Body.ToArray();
        KeptBody = answer.Body;
        events?.Add($"answer {Verb} {Key}");
    }

    public override void Failed(Exception? failure)
    {
        FailureCount++;
        Failure = failure;
        events?.Add($"failure {Verb} {Key}");
    }
}
