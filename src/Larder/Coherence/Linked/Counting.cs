using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// Adds to numbers. A number counts only while the fence of the cache is the one that it was made under, so that a Clear ends it. The fence that was read last is sent along with another look at it: when
/// the look finds the same, the number was the right one, and one round trip was enough. When it finds another, what was added is under a fence that is over, and nobody will ever read it.
/// </summary>
internal sealed class Counting(Line line, Line fences)
{
    /// <summary>So often is a number sent when the cache is cleared again and again meanwhile.</summary>
    internal const int MostTries = 8;

    // The token of the fence that was read last, as an object: replaced as a whole. Never trusted, only tried.
    private sealed record Fence(FenceToken Token);

    private Fence? _fence;

    /// <summary>Never sent again without an answer that says that it did not count: one whose answer is missing may have.</summary>
    internal async ValueTask<IncrementReading> IncrementAsync(string key, long delta, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var fence = Volatile.Read(ref _fence)?.Token ?? FenceToken.None;
        var over = FenceToken.None;
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (fence.IsNone && (fence = await ReadFenceAsync(cancellationToken).ConfigureAwait(false)).IsNone)
            {
                break;
            }

            if (await SendAsync(key, (delta, lifetime), fence, over, cancellationToken).ConfigureAwait(false) is not [{ Token: var present }, var answer])
            {
                break;
            }

            var isElsewhere = answer.Kind == AuthorityKind.Number && answer.Token != fence;
            if (present == fence && !isElsewhere)
            {
                return Reading(answer);
            }

            (fence, over) = (present, fence);
            if (isElsewhere)
            {
                // It was made before a Clear, or after one that this node has not seen. Only a look that is later than the number tells.
                fence = await ReadFenceAsync(cancellationToken).ConfigureAwait(false);
                over = answer.Token == fence ? FenceToken.None : answer.Token;
            }
        }

        return new IncrementReading(IncrementOutcome.Unavailable);
    }

    private static IncrementReading Reading(AuthorityAnswer answer) => answer.Kind switch
    {
        AuthorityKind.Number => new IncrementReading(IncrementOutcome.Done, answer.Number),
        AuthorityKind.Nothing => new IncrementReading(IncrementOutcome.Overflow),
        _ => new IncrementReading(IncrementOutcome.NotANumber),
    };

    private async ValueTask<FenceToken> ReadFenceAsync(CancellationToken cancellationToken)
    {
        var epoch = fences.Epoch;
        var round = new PlainRound(fences, epoch);
        fences.Send(epoch, ReadFence(round));
        return await round.ResultAsync(cancellationToken).ConfigureAwait(false) is [var answer] ? Learn(answer.Token) : FenceToken.None;
    }

    private async ValueTask<AuthorityAnswer[]?> SendAsync(
        string key, (long Delta, TimeSpan Lifetime) number, FenceToken fence, FenceToken over, CancellationToken cancellationToken)
    {
        if (!ReferenceEquals(line, fences))
        {
            return await SendApartAsync(key, number, fence, over, cancellationToken).ConfigureAwait(false);
        }

        var epoch = line.Epoch;
        var round = new PlainRound(line, epoch, count: 2);
        line.Send(epoch, ReadFence(round), Increment(round, 1, key, number, (fence, over)));
        var answers = await round.ResultAsync(cancellationToken).ConfigureAwait(false);
        if (answers is not null)
        {
            Learn(answers[0].Token);
        }

        return answers;
    }

    /// <summary>The fence lives elsewhere. Which of the two is carried out first does not matter: a Clear that comes in between has not completed when the increment is called.</summary>
    private async ValueTask<AuthorityAnswer[]?> SendApartAsync(
        string key, (long Delta, TimeSpan Lifetime) number, FenceToken fence, FenceToken over, CancellationToken cancellationToken)
    {
        var looking = ReadFenceAsync(cancellationToken).AsTask();
        var round = new PlainRound(line, line.Epoch);
        round.Send(Increment(round, 0, key, number, (fence, over)));
        var answers = await round.ResultAsync(cancellationToken).ConfigureAwait(false);
        var present = await looking.ConfigureAwait(false);
        return answers is null || present.IsNone ? null : [new AuthorityAnswer { Token = present }, answers[0]];
    }

    private static AuthorityCommand Increment(
        PlainRound round, int index, string key, (long Delta, TimeSpan Lifetime) number, (FenceToken Present, FenceToken Over) fence) => new(AuthorityVerb.Increment, round, index)
        {
            Key = key,
            Token = fence.Present,
            Expected = fence.Over,
            Number = number.Delta,
            Milliseconds = Durations.Milliseconds(number.Lifetime),
        };

    private AuthorityCommand ReadFence(PlainRound round) => new(AuthorityVerb.ReadFence, round) { Fence = FenceName.Cache, Token = line.NewToken() };

    private FenceToken Learn(FenceToken token)
    {
        if (Volatile.Read(ref _fence)?.Token != token)
        {
            Volatile.Write(ref _fence, new Fence(token));
        }

        return token;
    }
}
