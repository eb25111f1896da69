namespace Larder.Memory.Tests.Kit;

/// <summary>
/// Searches for an order of the operations on one key that respects real time and explains every answer (Wing and
/// Gong 1993, with the memory of Lowe 2017). Where entries may be evicted, a value may turn into nothing at any time.
/// </summary>
internal sealed class LinearityCheck(IReadOnlyList<Operation> operations, bool mayVanish)
{
    private readonly HashSet<(ulong Done, object? State)> _seen = [];
    private readonly HashSet<object> _finals = [];
    private bool _canEndEmpty;

    /// <summary>The states in which the key can be left, given those it can have begun in; none when no order explains the answers.</summary>
    internal IReadOnlyList<object?> FinalStates(IEnumerable<object?> initial)
    {
        Assert.True(operations.Count <= 64);
        foreach (var state in initial)
        {
            Search(0, state);
        }

        return _canEndEmpty ? [.. _finals, null] : [.. _finals];
    }

    private void Search(ulong done, object? state)
    {
        if (!_seen.Add((done, state)))
        {
            return;
        }

        if (mayVanish && state is not null)
        {
            Search(done, null);
        }

        var firstEnd = long.MaxValue;
        var isLeft = false;
        for (var i = 0; i < operations.Count; i++)
        {
            if ((done & (1UL << i)) == 0)
            {
                isLeft = true;
                firstEnd = Math.Min(firstEnd, operations[i].End);
            }
        }

        if (!isLeft)
        {
            _canEndEmpty |= state is null;
            if (state is not null)
            {
                _finals.Add(state);
            }

            return;
        }

        for (var i = 0; i < operations.Count; i++)
        {
            // An operation can be next if none that is left had ended before it began.
            var bit = 1UL << i;
            if ((done & bit) == 0 && operations[i].Start < firstEnd && operations[i].TryApply(state, mayVanish, out var after))
            {
                Search(done | bit, after);
            }
        }
    }
}
