using Larder.Ports;
using Larder.Redis.Connecting;
using Larder.Resp;

namespace Larder.Redis.Linking;

/// <summary>One command that waits for its reply, and what is owed to whoever gave it: the answer on the reader, and a moment later the word that waiters may go on. Used again and again.</summary>
internal sealed class Reply(IRedisLink link, Replies idle) : IRespResumingHandler
{
    private static readonly AuthorityMovedException Elsewhere = new();

    private static readonly AuthorityRefusedException NoRoom = new($"Redis refused a command ({Decoding.OutOfMemory}).{Refusals.Remedy(Decoding.OutOfMemory)}");

    private AuthorityCommand _command;
    private long _epoch;
    private int _first;
    private int _count;
    private bool _isAnswered;

    /// <summary>The command, and which of its keys the reply is about.</summary>
    internal Reply For(in AuthorityCommand command, long epoch, int first = 0, int count = 1)
    {
        _command = command;
        _epoch = epoch;
        _first = first;
        _count = count;
        _isAnswered = false;
        return this;
    }

    public void OnReply(ref RespReader reply)
    {
        if (link.Epoch != _epoch)
        {
            Fail(failure: null);
        }
        else if (idle.RefusedInFront(_epoch) is { } refusal)
        {
            Refuse(refusal);
        }
        else if (!_command.Keys.IsEmpty)
        {
            AnswerMany(ref reply);
        }
        else if (Decoding.IsForeignFence(_command, reply))
        {
            link.Mend(_epoch, _command);
        }
        else
        {
            AnswerOne(ref reply);
        }
    }

    public void OnError(RespServerException error, long epoch)
    {
        if (link.Epoch == _epoch && idle.RefusedInFront(_epoch) is { } refusal)
        {
            Refuse(refusal);
        }
        else if (link.Epoch == epoch && Decoding.IsForeignFence(_command, error.Code))
        {
            link.Mend(_epoch, _command);
        }
        else if (link.Epoch == epoch && _command.Keys.IsEmpty && Decoding.Answer(_command, error.Code) is { } answer)
        {
            Answer(answer);
        }
        else if (error is RespRedirectException)
        {
            Redirected(epoch);
        }
        else if (error.Code == Decoding.OutOfMemory && _command.Keys.IsEmpty)
        {
            Fail(NoRoom);
        }
        else
        {
            Fail(Refusals.Of($"{_command.Verb}", error));
        }
    }

    /// <summary>What was sent in front of it was refused, so its own reply says nothing, and the connection ends before another one is looked at.</summary>
    private void Refuse(RespServerException refusal)
    {
        Fail(refusal);
        link.Drop(_epoch);
    }

    /// <summary>The command was not carried out. What is no key lives where the registry lives.</summary>
    private void Redirected(long epoch)
    {
        if (_command.Key is null || _command.Verb is AuthorityVerb.Renew or AuthorityVerb.Forget)
        {
            link.HomeMoved(epoch);
        }

        Fail(Elsewhere);
    }

    public void OnFailure(Exception failure)
    {
        Fail(failure);
        Done();
    }

    public void Resume()
    {
        var (caller, index, isAnswered) = (_command.Caller, _command.Index + _first, _isAnswered);

        // Before the waiters go on: they may send at once.
        Done();
        if (isAnswered)
        {
            caller.Resume(index);
        }
    }

    private void AnswerOne(ref RespReader reply)
    {
        AuthorityAnswer answer;
        try
        {
            answer = Decoding.Answer(_command, ref reply);
        }
        catch (AuthorityRefusedException refused)
        {
            Fail(refused);
            return;
        }
        catch (RespReplyException senseless)
        {
            if (Decoding.OfNoRegistry(_command.Verb) is not { } nothing)
            {
                Fail(senseless);
                return;
            }

            answer = nothing;
        }

        Answer(answer);
    }

    private void Answer(in AuthorityAnswer answer)
    {
        _isAnswered = true;
        _command.Caller.Answered(_command.Index, answer);
    }

    private void AnswerMany(ref RespReader reply)
    {
        if (!reply.IsAggregate || reply.Count != _count)
        {
            Fail(new RespReplyException($"Redis answered {_command.Verb} with another number of values than there are keys."));
            return;
        }

        _isAnswered = true;
        var index = _command.Index + _first;
        for (var end = index + _count; index < end; index++)
        {
            AuthorityAnswer answer;
            try
            {
                answer = reply.Read() ? Decoding.Held(ref reply) : throw new RespReplyException($"The answer of Redis to {_command.Verb} ended early.");
            }
            catch (RespException senseless)
            {
                Fail(senseless, index);
                return;
            }

            _command.Caller.Answered(index, answer);
        }
    }

    private void Fail(Exception? failure) => Fail(failure, _command.Index + _first);

    /// <summary>From one of them on.</summary>
    private void Fail(Exception? failure, int index)
    {
        for (var end = _command.Index + _first + _count; index < end; index++)
        {
            _command.Caller.Failed(index, failure);
        }
    }

    private void Done()
    {
        _command = default;
        idle.Give(this);
    }
}
