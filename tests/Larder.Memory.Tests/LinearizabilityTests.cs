using Larder.Memory.Tests.Kit;

namespace Larder.Memory.Tests;

public sealed class LinearizabilityTests : MapTest
{
    private const int Threads = 8;
    private const int Keys = 3;
    private const int OperationsPerRound = 6;

    private long _tickets;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Operations_EightThreadsOnAMapWithRoom_HaveOneOrderForEveryKey(int seed)
    {
        var map = Audited(new BoundedMap<string, object>(100_000));
        Play(map, seed, rounds: 600, mayVanish: false, churn: 0);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Operations_EightThreadsOnAFullMap_HaveOneOrderForEveryKeyButForEvictions(int seed)
    {
        var map = Audited(new BoundedMap<string, object>(200));
        Play(map, seed, rounds: 300, mayVanish: true, churn: 40);
    }

    [Fact]
    public void Operations_EightThreadsWhileSegmentsGrow_HaveOneOrderForEveryKey()
    {
        // The churn fills the segments and tears them down again, so that the keys under test live through many rebuilds.
        var map = Audited(new BoundedMap<string, object>(1_000_000));
        Play(map, seed: 5, rounds: 300, mayVanish: false, churn: 60);
    }

    private void Play(BoundedMap<string, object> map, int seed, int rounds, bool mayVanish, int churn)
    {
        var states = Enumerable.Range(0, Keys).Select(_ => new List<object?> { null }).ToArray();
        var histories = new List<Operation>[Threads, Keys];
        var failure = "";
        using var barrier = new Barrier(Threads, _ =>
        {
            failure = failure.Length == 0 ? Judge(histories, states, mayVanish) : failure;
            for (var i = 0; i < Threads * Keys; i++)
            {
                histories[i / Keys, i % Keys] = [];
            }
        });
        InParallel(Threads, number =>
        {
            var random = new Random((seed * 1000) + number);
            var known = new object?[Keys];
            for (var round = 0; round <= rounds; round++)
            {
                barrier.SignalAndWait();
                for (var i = 0; i < OperationsPerRound && round < rounds; i++)
                {
                    var key = random.Next(Keys);
                    histories[number, key].Add(Do(map, $"key{key}", random, ref known[key]));
                    for (var other = 0; other < churn; other++)
                    {
                        Churn(map, random);
                    }
                }
            }

            barrier.SignalAndWait();
        });
        Assert.True(failure.Length == 0, failure);
    }

    private static void Churn(BoundedMap<string, object> map, Random random)
    {
        var key = $"other{random.Next(2000)}";
        if (random.Next(3) == 0)
        {
            map.TryRemove(key, out object? _);
        }
        else
        {
            map.Set(key, key);
        }
    }

    private static string Judge(List<Operation>[,] histories, List<object?>[] states, bool mayVanish)
    {
        for (var key = 0; key < Keys; key++)
        {
            var operations = Enumerable.Range(0, Threads).SelectMany(thread => histories[thread, key] ?? []).ToList();
            var finals = new LinearityCheck(operations, mayVanish).FinalStates(states[key]);
            if (finals.Count == 0)
            {
                return $"No order explains these answers on key {key}:\n" + string.Join("\n", operations.OrderBy(operation => operation.Start));
            }

            states[key] = [.. finals];
        }

        return "";
    }

    private Operation Do(BoundedMap<string, object> map, string key, Random random, ref object? known)
    {
        var kind = (OperationKind)random.Next(6);
        var argument = new object();
        var operation = new Operation(kind, argument, known, Interlocked.Increment(ref _tickets));
        object? value = null;
        switch (kind)
        {
            case OperationKind.Get:
                operation.Done = random.Next(2) == 0 ? map.TryGet(key, out value) : map.TryGet(key.AsSpan(), out value);
                break;
            case OperationKind.Set:
                operation.Done = map.Set(key, argument);
                value = argument;
                break;
            case OperationKind.Add:
                operation.Done = map.TryAdd(key, argument);
                break;
            case OperationKind.Update:
                operation.Done = known is not null && map.TryUpdate(key, argument, known);
                break;
            case OperationKind.Remove:
                operation.Done = map.TryRemove(key, out value);
                break;
            default:
                operation.Done = known is not null && map.TryRemove(key, comparand: known);
                break;
        }

        operation.End = Interlocked.Increment(ref _tickets);
        operation.Answer = value;
        known = value ?? known;
        return operation;
    }
}
