using Larder.Scheduling;

namespace Larder.Flights;

/// <summary>
/// Puts the writes of this process to one key in one order while they wait for the authority, so that memory keeps the last of them. A key takes part only while it is being written.
/// </summary>
internal sealed class WriteTurns
{
    private readonly object _gate = new();
    private readonly Dictionary<string, (AsyncTurn Turn, int Users)> _turns = new(StringComparer.Ordinal);

    internal ValueTask EnterAsync(string key, Scheduler scheduler)
    {
        AsyncTurn turn;
        lock (_gate)
        {
            (turn, var users) = _turns.GetValueOrDefault(key, (new AsyncTurn(), 0));
            _turns[key] = (turn, users + 1);
        }

        return turn.EnterAsync(scheduler);
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
