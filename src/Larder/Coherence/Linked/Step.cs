using Larder.Ports;

namespace Larder.Coherence;

/// <summary>One command of a <see cref="Round"/>.</summary>
internal sealed class Step(Round round, int index = 0) : AuthorityCommand
{
    private bool _isElsewhere;

    /// <summary>Which of the round's commands this is.</summary>
    internal int Index { get; } = index;

    // What belongs to the home of a range can only move together with its registry.
    private bool IsAboutKey => Key is not null && Verb is not (AuthorityVerb.Renew or AuthorityVerb.Forget);

    public override void Answered(in AuthorityAnswer answer) => round.Answered(this, answer);

    public override void Failed(Exception? failure)
    {
        if (!_isElsewhere)
        {
            if (failure is AuthorityMovedException && IsAboutKey && round.Line.Strays is { } strays)
            {
                round.Moved(this, strays);
                return;
            }

            // First the connection: by the time that anybody learns of the failure nothing of it counts any more.
            round.Line.Fault(round.Epoch, failure);
        }

        round.Failed(this, failure);
    }

    /// <summary>The same command once more, for where the key lives. It was certainly not carried out, so it is not a second one.</summary>
    internal Step Elsewhere() => new(round, Index)
    {
        _isElsewhere = true,
        Verb = Verb,
        Key = Key,
        Fence = Fence,
        Token = Token,
        Expected = Expected,
        Milliseconds = Milliseconds,
        Number = Number,
        Body = Body,
    };
}
