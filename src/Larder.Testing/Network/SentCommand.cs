using System.Buffers;
using Larder.Ports;

namespace Larder.Testing;

/// <summary>
/// A command as it stood when it was handed over. It goes on to the authority even if its sender has given it up meanwhile, as bytes do that are on the
/// wire; the sender hears of it at most once.
/// </summary>
internal sealed class SentCommand : AuthorityCommand
{
    private AuthorityCommand? _sender;

    internal SentCommand(AuthorityCommand sender)
    {
        _sender = sender;
        Verb = sender.Verb;
        Key = sender.Key;
        Fence = sender.Fence;
        Token = sender.Token;
        Expected = sender.Expected;
        Milliseconds = sender.Milliseconds;
        Number = sender.Number;
        Body = new ReadOnlySequence<byte>(sender.Body.ToArray());
    }

    public override void Answered(in AuthorityAnswer answer) => Interlocked.Exchange(ref _sender, null)?.Answered(answer);

    public override void Failed(Exception? failure) => Interlocked.Exchange(ref _sender, null)?.Failed(failure);

    /// <summary>Lets the sender go without a word: its process is gone.</summary>
    internal void Abandon() => _sender = null;
}
