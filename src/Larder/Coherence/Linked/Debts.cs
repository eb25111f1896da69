using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// Rights that this node may still have in the store although nobody uses them any more, because the connection was lost before the command that filled them, or gave them back, was answered. They are given back on the next
/// connection, so that others need not wait until they end by themselves. Each is a token that nobody else has, so whatever has come in its place is left alone; given back before the lost command is carried out, it makes
/// that command do nothing.
/// </summary>
internal sealed class Debts(Line line) : IThreadPoolWorkItem
{
    /// <summary>What is beyond that ends by itself.</summary>
    private const int Bound = 4_096;

    private readonly Queue<(AuthorityVerb Verb, string Key, FenceToken Token, long Until)> _owed = new();

    /// <summary>Gives a right back: now if there is a connection, and otherwise on the next one, unless it has ended by itself before.</summary>
    internal void Add(AuthorityVerb verb, string key, FenceToken token, long milliseconds)
    {
        Owe((verb, key, token, line.Now + milliseconds));
        if (line.Epoch != 0)
        {
            line.Scheduler.Queue(this);
        }
    }

    /// <summary>On the reader.</summary>
    internal void Connected()
    {
        lock (_owed)
        {
            if (_owed.Count == 0)
            {
                return;
            }
        }

        line.Scheduler.Queue(this);
    }

    public void Execute()
    {
        while (line.Epoch is var epoch and not 0)
        {
            (AuthorityVerb, string, FenceToken, long) debt;
            lock (_owed)
            {
                if (!_owed.TryDequeue(out debt))
                {
                    return;
                }
            }

            _ = PayAsync(epoch, debt);
        }
    }

    private void Owe((AuthorityVerb Verb, string Key, FenceToken Token, long Until) debt)
    {
        lock (_owed)
        {
            if (_owed.Count < Bound)
            {
                _owed.Enqueue(debt);
            }
        }
    }

    private async Task PayAsync(long epoch, (AuthorityVerb Verb, string Key, FenceToken Token, long Until) debt)
    {
        if (line.Now >= debt.Until)
        {
            return;
        }

        var round = new PlainRound(line, epoch);
        round.Send(new AuthorityCommand(debt.Verb, round) { Key = debt.Key, Expected = debt.Token });
        if (await round.ResultAsync(CancellationToken.None).ConfigureAwait(false) is null)
        {
            // This connection is lost as well, and the next one tells of itself.
            Owe(debt);
            if (line.Epoch is var next && next != 0 && next != epoch)
            {
                line.Scheduler.Queue(this);
            }
        }
    }
}
