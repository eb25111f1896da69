using Larder.Memory.Policy;

namespace Larder.Memory.Tests;

public sealed class TinyLfuTests
{
    private const int Capacity = 200;

    [Fact]
    public void Touch_OfManyRecordsAtOnce_ComesToTheSameAsOneByOne()
    {
        var (together, hashes) = Filled();
        var (single, _) = Filled();
        var random = new Random(3);
        for (var round = 0; round < 50; round++)
        {
            var records = Enumerable.Range(0, 1 + random.Next(32)).Select(_ => random.Next(Capacity)).Select(i => Record(i, hashes)).ToArray();
            foreach (var record in records)
            {
                single.Touch((int)(record >> 32), (int)record);
            }

            together.Touch(records);
        }

        Assert.Equal(Victims(single), Victims(together));
    }

    [Fact]
    public void Touch_OfRecordsWhoseEntriesHaveGone_PassesThemOver()
    {
        var (policy, hashes) = Filled();
        var (untouched, _) = Filled();
        long[] records = [0, Record(5, hashes) + 1, ((long)(Capacity * 10) << 32) | (uint)hashes[5], (long)(int)Region.Window << 32];

        policy.Touch(records);

        Assert.Equal(Victims(untouched), Victims(policy));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((1 << 30) - 1)]
    public void Link_RegionAndPredecessor_DoNotDisturbEachOther(int previous)
    {
        foreach (var region in new[] { Region.Free, Region.Window, Region.Probation, Region.Protected })
        {
            var link = new Link { Previous = previous, Region = region };
            Assert.Equal((previous, region), (link.Previous, link.Region));

            link.Previous = 7;
            Assert.Equal((7, region), (link.Previous, link.Region));

            link.Region = Region.Probation;
            Assert.Equal((7, Region.Probation), (link.Previous, link.Region));
        }
    }

    private static long Record(int entry, int[] hashes) => ((long)(entry + (int)Region.Protected + 1) << 32) | (uint)hashes[entry];

    /// <summary>A policy at its capacity; the indices of its entries follow those of the lists' heads.</summary>
    private static (TinyLfu Policy, int[] Hashes) Filled()
    {
        var policy = new TinyLfu(Capacity, isWeighted: false, new Random(1));
        var random = new Random(2);
        var hashes = new int[Capacity];
        for (var i = 0; i < Capacity; i++)
        {
            hashes[i] = random.Next();
            Assert.Equal(i + (int)Region.Protected + 1, policy.Add(hashes[i], weight: 1));
        }

        policy.EndEviction();
        return (policy, hashes);
    }

    /// <summary>The entries in the order in which they are given up.</summary>
    private static List<int> Victims(TinyLfu policy)
    {
        var victims = new List<int>();
        while (policy.Links.Count > 0)
        {
            var victim = policy.PickVictim(excess: 1);
            policy.Release(victim);
            victims.Add(victim);
        }

        return victims;
    }
}
