using Larder.Scheduling;

namespace Larder.Flights;

/// <summary>
/// Puts the writes of this process to one key in one order while they wait for the authority, so that memory keeps the last of them. A key takes part only while it is being written.
/// </summary>
internal sealed class WriteTurns
{
    /// <summary>So many writes to one key may wait at once. While the authority hangs each holds its value and its caller, and none of them helps the one before.</summary>
    internal const int MostWaiting = 1_000;

    private readonly object _gate = new();
    private readonly Dictionary<string, (AsyncTurn Turn, int Users)> _turns = new(StringComparer.Ordinal);

    /// <summary>Takes a place for the key; the caller goes on when <paramref name="turn"/> has ended, and calls <see cref="Leave"/> once. False when too many wait already.</summary>
    internal bool TryEnter(string key, Scheduler scheduler, out ValueTask turn)
    {
        AsyncTurn found;
        lock (_gate)
        {
            (found, var users) = _turns.GetValueOrDefault(key, (new AsyncTurn(), 0));
            if (users > MostWaiting)
            {
                turn = default;
                return false;
            }

            _turns[key] = (found, users + 1);
        }

        turn = found.EnterAsync(scheduler);
        return true;
    }

    internal void Leave(string key)
    {
        AsyncTurn turn;
        lock (_gate)
        {
            (turn, var users) = _turns[key];
            if (users == 1)
            {
                _turns.Remove(key);
            }
            else
            {
                _turns[key] = (turn, users - 1);
            }
        }

        turn.Leave();
    }
}
