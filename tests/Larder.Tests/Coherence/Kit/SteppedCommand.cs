using System.Buffers;
using Larder.Ports;

namespace Larder.Tests.Coherence.Kit;

/// <summary>A command on its way to the store, as it stands when the store reads it; its answers go into the stream of the connection, those of several keys as one item.</summary>
internal sealed class SteppedCommand(SteppedLink link, AuthorityCommand sent) : IAuthorityCaller
{
    private readonly List<Action> _answers = [];

    internal AuthorityVerb Verb => sent.Verb;

    /// <summary>What the store is given.</summary>
    internal AuthorityCommand Copy() => new(sent.Verb, this, sent.Index)
    {
        Key = sent.Key,
        Keys = sent.Keys.ToArray(),
        Fence = sent.Fence,
        Token = sent.Token,
        Expected = sent.Expected,
        Milliseconds = sent.Milliseconds,
        Number = sent.Number,
        Body = new ReadOnlySequence<byte>(sent.Body.ToArray()),
    };

    public void Answered(int index, in AuthorityAnswer answer)
    {
        var kept = answer with { Body = new ReadOnlySequence<byte>(answer.Body.ToArray()) };
        Add(Verb.ToString(), () => sent.Caller.Answered(index, kept));
    }

    public void Failed(int index, Exception? failure) => Add(Verb + " failed", () => sent.Caller.Failed(index, failure));

    private void Add(string what, Action tell)
    {
        _answers.Add(tell);
        if (_answers.Count == sent.AnswerCount)
        {
            link.Answer(this, what, () => _answers.ForEach(static told => told()));
        }
    }

    /// <summary>No answer comes any more.</summary>
    internal void Fail(Exception? failure) => sent.Fail(failure);
}
