using System.Buffers;
using Larder.Ports;

namespace Larder.Coherence;

/// <summary>One key is read: the whole of it, or only what it carries. The round owns the borrowed memory of the body, so that a read is one object.</summary>
internal sealed class ReadRound(Line line, long epoch, TierObservation? observation) : Round<TierReading>(line, epoch), IDisposable
{
    private byte[]? _body;

    internal void Send(AuthorityVerb verb, string key)
    {
        Line.ArmAtSend(observation);
        Line.Send(Epoch, new AuthorityCommand(verb, this) { Key = key });
    }

    public override void Answered(int index, in AuthorityAnswer answer)
    {
        if (Line.CanKeep(answer.Kind))
        {
            observation?.Arm();
        }

        if (!IsOver && !TryEnd(Reading(answer)))
        {
            Dispose();
        }
    }

    /// <summary>The reader of the result needs the body no more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _body, null) is { } body)
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    protected override void Moved(in AuthorityCommand command, Line strays)
    {
        observation?.Unwatch();
        base.Moved(command, strays);
    }

    protected override void Lost(int index, Exception? failure) => TryEnd(TierReading.Unavailable(failure));

    private TierReading Reading(in AuthorityAnswer answer)
    {
        if (answer.Kind != AuthorityKind.Value)
        {
            return answer.Kind == AuthorityKind.Hold ? new TierReading(TierStatus.OnHold) : TierReading.Absent;
        }

        var length = checked((int)answer.Body.Length);
        var body = ArrayPool<byte>.Shared.Rent(length);
        answer.Body.CopyTo(body);
        _body = body;
        return new TierReading(TierStatus.Done, answer.Token, new ReadOnlySequence<byte>(body, 0, length), owner: this);
    }
}
