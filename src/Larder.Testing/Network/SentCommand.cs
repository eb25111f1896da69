using System.Buffers;
using Larder.Ports;

namespace Larder.Testing;

/// <summary>
/// A command as it stood when it was handed over. It goes on to the authority even if its sender has given it up meanwhile, as bytes do that are on the
/// wire; the sender hears of it at most once.
/// </summary>
internal sealed class SentCommand : IAuthorityCaller
{
    private const byte Scribble = 0xDB;

    private IAuthorityCaller? _sender;
    private int _owed;

    internal SentCommand(in AuthorityCommand sent)
    {
        _sender = sent.Caller;
        _owed = sent.AnswerCount;
        Command = new AuthorityCommand(sent.Verb, this, sent.Index)
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
    }

    /// <summary>What reaches the authority.</summary>
    internal AuthorityCommand Command { get; }

    /// <summary>Hands the answer on. The bytes are scribbled over afterwards, so that whoever keeps them longer than promised finds out.</summary>
    public void Answered(int index, in AuthorityAnswer answer)
    {
        var body = answer.Body.ToArray();
        Take()?.Answered(index, answer with { Body = new ReadOnlySequence<byte>(body) });
        body.AsSpan().Fill(Scribble);
    }

    public void Failed(int index, Exception? failure) => Take()?.Failed(index, failure);

    /// <summary>True when its sender has heard of all of it.</summary>
    internal bool IsAnswered => _owed == 0;

    /// <summary>Tells the sender that what it has not heard of does not come.</summary>
    internal void FailRest(Exception? failure)
    {
        while (_owed > 0)
        {
            Failed(Command.Index + Command.AnswerCount - _owed, failure);
        }
    }

    /// <summary>Lets the sender go without a word: its process is gone.</summary>
    internal void Abandon() => _sender = null;

    private IAuthorityCaller? Take()
    {
        var sender = _sender;
        if (--_owed == 0)
        {
            _sender = null;
        }

        return sender;
    }
}
