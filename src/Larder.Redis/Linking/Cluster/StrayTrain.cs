using Larder.Ports;

namespace Larder.Redis.Linking;

/// <summary>Commands that are sent one after the other, each when the one before was answered: on their way to a key that moves they could overtake each other.</summary>
internal sealed class StrayTrain(Sending sending, AuthorityCommand[] commands) : IAuthorityCaller
{
    internal void Start() => Send(0);

    public void Answered(int index, in AuthorityAnswer answer)
    {
        commands[index].Caller.Answered(commands[index].Index, answer);
        if (index + 1 < commands.Length)
        {
            Send(index + 1);
        }
    }

    public void Failed(int index, Exception? failure)
    {
        for (; index < commands.Length; index++)
        {
            commands[index].Fail(failure);
        }
    }

    public void Resume(int index) => commands[index].Caller.Resume(commands[index].Index);

    private void Send(int index)
    {
        ref readonly var command = ref commands[index];
        sending.Send(0, [new AuthorityCommand(command.Verb, this, index)
        {
            Key = command.Key,
            Token = command.Token,
            Expected = command.Expected,
            Milliseconds = command.Milliseconds,
            Number = command.Number,
            Body = command.Body,
        }]);
    }
}
