using System.Runtime.CompilerServices;
using Larder.Memory.Scheduling;
using Larder.Memory.Tests.Kit;

namespace Larder.Memory.Tests;

/// <summary>A map that nobody holds is collected, with what it holds.</summary>
public sealed class LifetimeTests : MapTest
{
    [Fact]
    public void Maps_AThousandMadeAndDropped_AreCollected()
    {
        var references = MakeAndDrop(TimeProvider.System, 1000);

        Collect();

        Assert.InRange(references.Count(reference => reference.IsAlive), 0, 1);
    }

    [Fact]
    public void Maps_DroppedWithEntriesThatWouldExpire_AreForgottenByTheTimer()
    {
        var references = MakeAndDrop(Clock, 1000);
        Assert.Equal(1, Clock.Timers);

        Collect();
        Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.InRange(references.Count(reference => reference.IsAlive), 0, 1);
        Assert.InRange(SweepTimer.For(Clock).Members, 0, 1);
        Collect();
        Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, Clock.Timers);
    }

    [Fact]
    public void Maps_DroppedBesideOneThatIsHeld_AreForgottenAndTheOtherIsStillVisited()
    {
        MakeAndDrop(Clock, 100);
        var held = NewMap(100);
        held.Set("a", "", EntryExpiry.After(TimeSpan.FromMinutes(1)));
        MakeAndDrop(Clock, 100);

        Collect();
        Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.InRange(SweepTimer.For(Clock).Members, 1, 2);
        Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(0, held.Count);
    }

    [Fact]
    public void Values_EvictedRemovedOrReplaced_AreCollected()
    {
        var map = Audited(new BoundedMap<int, object>(100));
        var references = FillAndChurn(map);
        map.Maintain();

        Collect();

        var held = map.Select(pair => pair.Value).ToHashSet(ReferenceEqualityComparer.Instance);
        Assert.All(references, reference => Assert.True(reference.Target is not { } target || held.Contains(target)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> MakeAndDrop(TimeProvider clock, int count)
    {
        var references = new List<WeakReference>();
        for (var i = 0; i < count; i++)
        {
            var map = new BoundedMap<int, byte[]>(new BoundedMapOptions<int, byte[]> { Capacity = 100, TimeProvider = clock });
            for (var key = 0; key < 20; key++)
            {
                map.Set(key, new byte[100], EntryExpiry.After(TimeSpan.FromHours(1)));
                map.TryGet(key, out var _);
            }

            references.Add(new WeakReference(map));
        }

        return references;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> FillAndChurn(BoundedMap<int, object> map)
    {
        var references = new List<WeakReference>();
        for (var i = 0; i < 3000; i++)
        {
            var value = new object();
            references.Add(new WeakReference(value));
            map.Set(i % 300, value);
            if (i % 5 == 0)
            {
                map.TryRemove(i % 300, out object? _);
            }
        }

        return references;
    }

    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
