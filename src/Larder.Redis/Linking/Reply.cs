using Larder.Ports;
using Larder.Resp;

namespace Larder.Redis.Linking;

/// <summary>One command that waits for its reply, and what is owed to whoever gave it. Used again and again.</summary>
internal sealed class Reply(IRedisLink link, Replies idle) : IRespReplyHandler
{
    private static readonly AuthorityMovedException Elsewhere = new();

    private AuthorityCommand _command;
    private long _epoch;
    private int _first;
    private int _count;

    /// <summary>The command, and which of its keys the reply is about.</summary>
    internal Reply For(in AuthorityCommand command, long epoch, int first = 0, int count = 1)
    {
        _command = command;
        _epoch = epoch;
        _first = first;
        _count = count;
        return this;
    }

    public void OnReply(ref RespReader reply)
    {
        if (link.Epoch != _epoch)
        {
            Fail(failure: null);
            return;
        }

        if (!_command.Keys.IsEmpty)
        {
            AnswerMany(ref reply);
            return;
        }

        if (Decoding.IsForeignFence(_command, reply))
        {
            Mend();
            return;
        }

        AuthorityAnswer answer;
        try
        {
            answer = Decoding.Answer(_command, ref reply);
        }
        catch (RespReplyException senseless)
        {
            Fail(senseless);
            return;
        }

        var (caller, index) = (_command.Caller, _command.Index);
        Done();
        caller.Answered(index, answer);
    }

    public void OnError(RespServerException error, long epoch)
    {
        if (link.Epoch == epoch && Decoding.IsForeignFence(_command, error.Code))
        {
            Mend();
            return;
        }

        if (link.Epoch == epoch && _command.Keys.IsEmpty && Decoding.Answer(_command, error.Code) is { } answer)
        {
            var (caller, index) = (_command.Caller, _command.Index);
            Done();
            caller.Answered(index, answer);
            return;
        }

        if (error is RespRedirectException)
        {
            Redirected(epoch);
            return;
        }

        // Not the server's own words: they may quote a key.
        Fail(new RespServerException($"Redis refused {_command.Verb} ({error.Code})."));
    }

    /// <summary>The command was not carried out. What is no key lives where the registry lives.</summary>
    private void Redirected(long epoch)
    {
        if (_command.Key is null || _command.Verb == AuthorityVerb.Renew || _command.Verb == AuthorityVerb.Forget)
        {
            link.HomeMoved(epoch);
        }

        Fail(Elsewhere);
    }

    public void OnFailure(Exception failure) => Fail(failure);

    private void Mend()
    {
        var (command, epoch) = (_command, _epoch);
        Done();
        link.Mend(epoch, command);
    }

    private void AnswerMany(ref RespReader reply)
    {
        if (!reply.IsAggregate || reply.Count != _count)
        {
            Fail(new RespReplyException($"Redis answered {_command.Verb} with another number of values than there are keys."));
            return;
        }

        var (caller, index) = (_command.Caller, _command.Index + _first);
        var end = index + _count;
        Done();
        for (; index < end && reply.Read(); index++)
        {
            caller.Answered(index, Decoding.Held(ref reply));
        }
    }

    private void Fail(Exception? failure)
    {
        var (caller, index) = (_command.Caller, _command.Index + _first);
        var end = index + _count;
        Done();
        for (; index < end; index++)
        {
            caller.Failed(index, failure);
        }
    }

    // Before the caller is told: it may send at once.
    private void Done()
    {
        _command = default;
        idle.Give(this);
    }
}
